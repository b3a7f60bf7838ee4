"""What a tenant, an application and an organization may each say of their look: colors, logos, style sheet."""

from typing import Any

from common.shapes import Color, Flag, Members, Shape, Text, WebAddress, validate

CUSTOM_CSS = Text(max_length=100_000, nullable=True)
BRANDING = Members(
    {"logoUrl": WebAddress(), "darkLogoUrl": WebAddress(), "favicon": WebAddress(), "darkFavicon": WebAddress()},
    default={},
)
# Overrides of the tenant's colors.
COLOR_OVERRIDES = Members(
    {"primaryColor": Color(), "isDarkModeEnabled": Flag(), "darkPrimaryColor": Color()},
    default={},
)
COLOR = Members(
    {
        "primaryColor": Color(required=True),
        "isDarkModeEnabled": Flag(required=True),
        "darkPrimaryColor": Color(required=True),
    }
)

_LOOK: dict[str, tuple[str, Shape]] = {
    "color": ("color", COLOR_OVERRIDES),
    "branding": ("branding", BRANDING),
    "custom_css": ("customCss", CUSTOM_CSS),
}


def validated_look(changes: Any) -> Any:
    """Return the changes of an application or an organization, what they say of its look as it is stored.

    The keys are the model's. Raises `guard.invalid_input` that names the place on the wire.
    """
    read = {name: validate(shape, changes[name], path=path) for name, (path, shape) in _LOOK.items() if name in changes}
    return {**changes, **read}
