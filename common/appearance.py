"""What a tenant, an application and an organization may each say of their look: colors, logos, style sheet."""

from dataclasses import dataclass
from typing import Any

from common.shapes import Color, Flag, Members, Shape, Text, WebAddress, validate
from common.shapes.base import refuse
from common.style_sheets import MAX_LENGTH, find_problems


@dataclass(frozen=True, kw_only=True)
class StyleSheet(Text):
    """CSS that cannot reach outside of the page's origin; the first thing that could is told with its line."""

    max_length: int = MAX_LENGTH

    def _check(self, value: str, path: str) -> None:
        if problems := find_problems(value):
            message = f"Line {problems[0].line}: {problems[0].message}."
            raise refuse(path, "unsafe_css", message)


CUSTOM_CSS = StyleSheet(nullable=True)
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
