"""The style of the tenant's messages: the logo, the color and the language of its sign-in settings."""

from connectors.message_style import MessageStyle
from experience.pages.look import build_look
from experience.selectors import represent_public_settings


def tenant_message_style() -> MessageStyle:
    """Return what the current tenant's settings say; they are cached."""
    settings = represent_public_settings()
    look = build_look(settings, application_name="")
    return MessageStyle(
        fallback_language=settings["languageInfo"]["fallbackLanguage"],
        logo=look.logo,
        accent=look.palette.light.base,
        on_accent=look.palette.light.on_base,
    )
