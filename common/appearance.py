"""What a tenant, an application and an organization may each say of their look: colors, logos, style sheet."""

from common.shapes import Color, Flag, Members, Text, WebAddress

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
