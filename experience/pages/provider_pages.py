"""The look of the provider's own pages (sign-out, errors): the tenant's logo and colors, and whom they name."""

from common.error_pages import Contact
from experience.pages.look import build_look
from experience.selectors import represent_public_settings
from oidc.wire.appearance import Appearance


def tenant_appearance() -> Appearance:
    """Return the look of the current tenant's settings; they are cached."""
    look = build_look(represent_public_settings(), application_name="")
    light, dark = look.palette
    return Appearance(
        logo=look.logo,
        dark_logo=look.dark_logo if dark else "",
        accent=light.base,
        on_accent=light.on_base,
        dark_accent=dark.base if dark else "",
        on_dark_accent=dark.on_base if dark else "",
    )


def tenant_contact() -> Contact:
    """Return where the current tenant's users find help."""
    look = build_look(represent_public_settings(), application_name="")
    return Contact(look.support_email, look.support_url)
