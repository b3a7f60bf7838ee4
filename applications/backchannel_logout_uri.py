"""The back-channel logout URI as an application registers it (OpenID Connect Back-Channel Logout 1.0 section 2.2)."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from common.errors import invalid_value

_MAX_LENGTH = 2048


def validate_backchannel_logout(metadata: dict[str, Any]) -> None:
    """Refuse a URI that no logout token can be sent to: `guard.invalid_input` that names its place.

    It is an absolute http(s) URI without a fragment and without credentials. Where it leads is looked at when it is
    called: an address in a private network is then not connected to.
    """
    uri = metadata.get("backchannelLogoutUri")
    if uri is not None and not _is_registrable(uri):
        raise invalid_value("oidcClientMetadata.backchannelLogoutUri", _("This is not an http(s) address."))


def _is_registrable(uri: str) -> bool:
    if len(uri) > _MAX_LENGTH or not uri.isascii() or not uri.isprintable() or " " in uri or "#" in uri:
        return False
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and port != 0
