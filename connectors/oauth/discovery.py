"""What providers publish of themselves: OpenID Connect Discovery 1.0, RFC 8414 metadata, and their keys (RFC 7517)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import AppError
from common.web_addresses import is_web_address
from connectors.oauth.documents import PublishedDocuments

Key = Mapping[str, Any]

WELL_KNOWN = "/.well-known/openid-configuration"
# Microsoft Entra names the issuer of several tenants by a template; the ID token's `tid` takes its place.
TENANT_PLACE = "{tenantid}"
_MICROSOFT_ISSUER = re.compile(
    r"(https://(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)/)([^/]+)(/v2\.0)"
)

# Seconds.
_METADATA_FRESH_FOR = 3600.0
_KEYS_FRESH_FOR = 600.0

_MOST_KEYS = 50
_MOST_NAMES = 50
# What of a key verifies a signature; certificates, which are long, do not.
_KEY_MEMBERS = ("kty", "kid", "use", "alg", "crv", "e", "n", "x", "y")
_SECRET_MEMBERS = frozenset({"d", "k"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """A provider's endpoints. `announces_issuer`: each of its answers names it in `iss` (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    issuer: str = ""
    userinfo_endpoint: str = ""
    jwks_uri: str = ""
    announces_issuer: bool = False
    token_authentications: tuple[str, ...] = ()


def discover(issuer: str) -> AuthorizationServer:
    """Return what an issuer publishes of itself, remembered for an hour.

    Raises as `PublishedDocuments.get` does, and `connector.invalid_response` for the document of another issuer or one
    that lacks an endpoint.
    """
    return _servers.get(issuer.removesuffix("/") + WELL_KNOWN)


def find_keys(jwks_uri: str, kid: str | None) -> list[Key]:
    """Return the provider's keys with this id, all of them for a JWT that names none.

    Keys are remembered for ten minutes and fetched again for an unknown id, but not twice within half a minute: made-up
    ids do not make this server call out for each of them. Raises as `PublishedDocuments.get` does.
    """
    return _named(_key_sets.get(jwks_uri, is_sufficient=lambda keys: bool(_named(keys, kid))), kid)


def _named(keys: tuple[Key, ...], kid: str | None) -> list[Key]:
    return [key for key in keys if kid is None or key.get("kid") == kid]


def _is_issuer(claimed: Any, url: str) -> bool:
    """Compared as it is (Discovery section 4.3), but for a final slash, and for Microsoft's template."""
    if not isinstance(claimed, str):
        return False
    asked = url.removesuffix(WELL_KNOWN)
    if claimed.removesuffix("/") == asked:
        return True
    found = _MICROSOFT_ISSUER.fullmatch(asked)
    return found is not None and claimed == f"{found[1]}{TENANT_PLACE}{found[3]}"


def _read_server(url: str, document: dict[str, Any]) -> AuthorizationServer:
    if not _is_issuer(document.get("issuer"), url):
        raise AppError("connector.invalid_response", data={"reason": "issuer"})
    return AuthorizationServer(
        issuer=document["issuer"],
        authorization_endpoint=_address(document, "authorization_endpoint", required=True),
        token_endpoint=_address(document, "token_endpoint", required=True),
        userinfo_endpoint=_address(document, "userinfo_endpoint"),
        jwks_uri=_address(document, "jwks_uri", required=True),
        announces_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        token_authentications=_names(document.get("token_endpoint_auth_methods_supported")),
    )


def _address(document: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = document.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or not is_web_address(value):
        raise AppError("connector.invalid_response", data={"reason": name})
    # Secrets that are meant for https do not go over http.
    if document["issuer"].startswith("https:") and not value.startswith("https:"):
        raise AppError("connector.invalid_response", data={"reason": name})
    return value


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for name in value[:_MOST_NAMES] if isinstance(name, str)) if isinstance(value, list) else ()


def _read_keys(_url: str, document: dict[str, Any]) -> tuple[Key, ...]:
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise AppError("connector.invalid_response", data={"reason": "keys"})
    return tuple(
        {name: value for name in _KEY_MEMBERS if isinstance(value := key.get(name), str)}
        for key in keys
        # Whoever publishes a secret has let everybody sign.
        if isinstance(key, Mapping) and _SECRET_MEMBERS.isdisjoint(key)
    )


_servers = PublishedDocuments(_read_server, fresh_for=_METADATA_FRESH_FOR)
_key_sets = PublishedDocuments(_read_keys, fresh_for=_KEYS_FRESH_FOR)


def forget_published() -> None:
    """Drop what this process has fetched."""
    _servers.clear()
    _key_sets.clear()
