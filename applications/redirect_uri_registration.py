"""Redirect URIs as an application registers them: every one that cannot be registered is named, with its reason."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from applications.redirect_uris import is_registrable
from common.errors import invalid_values

MAX_LENGTH = 2048
_WEB = ("http://", "https://")


def validate_redirect_uris(uris: Iterable[str], *, path: str) -> None:
    """Refuse a list with URIs that cannot be registered: `guard.invalid_input` that names the place of each.

    Which ones can be is the rule of `applications.redirect_uris.is_registrable`.
    """
    refused = [(index, uri) for index, uri in enumerate(uris) if len(uri) > MAX_LENGTH or not is_registrable(uri)]
    if refused:
        raise invalid_values((f"{path}.{index}", "custom", _reason(uri)) for index, uri in refused)


def _reason(uri: str) -> str:
    """Why a URI is refused, in words that say how to put it right."""
    if len(uri) > MAX_LENGTH:
        return _("A redirect URI has at most %(count)s characters.") % {"count": MAX_LENGTH}
    if "#" in uri:
        return _("A redirect URI has no fragment (#…).")
    if "*" in uri:
        return _("A * stands in the path, or below a registered domain; an app's own scheme takes none.")
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest or scheme.lower() == "localhost" or "." in scheme and rest[:1].isdigit():
        return _("A redirect URI is absolute: it begins with https://, http:// or an app's own scheme.")
    if uri.lower().startswith(_WEB):
        return _("This is not a web address that a browser can open.")
    return _("The scheme %(scheme)s: cannot be used. An app's own scheme is its domain backwards.") % {"scheme": scheme}
