"""Access tokens as they are presented: opaque ones by their row, JWTs by their signature (RFC 9068)."""

from typing import Any
from urllib.parse import urlsplit

from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from oidc.clients import find_client
from oidc.hot import OpaqueToken, read_token
from oidc.signing import find_header, verify_jwt
from oidc.standing import find_fault
from tenants.configuration import cached
from tenants.context import current_tenant_id, enter_tenant
from tenants.hosts import ADMIN_TENANT, find_tenant, issuer_of

ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})

_ISSUER_PATH = issuer_of("")
_LONGEST_TOKEN = 4096


def find_opaque_token(token: str) -> OpaqueToken | None:
    """Return an opaque access token that is good now: unexpired, its grant alive, its user not suspended.

    One statement; none for what cannot be an opaque token. The scopes are the caller's to check.
    """
    if not token or len(token) > _LONGEST_TOKEN or "." in token:
        return None
    found = read_token(sha256_hex(token))
    return None if found is None or find_fault(found.standing, moment=now()) else found


def _unauthorized() -> AppError:
    return AppError("auth.unauthorized", status=401)


def _is_issuer(issuer: str) -> bool:
    """Whether an issuer is one of the current tenant's: its host leads to the tenant."""

    def load() -> bool:
        found = find_tenant(urlsplit(issuer).netloc)
        return found is not None and found[0] == current_tenant_id()

    return issuer.endswith(_ISSUER_PATH) and cached("oidc.issuer", issuer, load)


def _find_claims(token: str) -> dict[str, Any] | None:
    claims = verify_jwt(token)
    if claims is None or "exp" not in claims:
        return None
    issuer, client_id = claims.get("iss"), claims.get("client_id")
    if not isinstance(issuer, str) or not _is_issuer(issuer):
        return None
    # The token of an application that has been deleted since is worth nothing.
    return claims if isinstance(client_id, str) and find_client(client_id) else None


def verify_access_token(token: str, *, audience: str) -> dict[str, Any]:
    """Return the claims of a JWT access token for this audience (RFC 9068 section 4).

    The issuer is the current tenant, under any of its hosts, or tenant `admin`. Raises `auth.unauthorized` (401) for
    anything else: another type of token, a bad signature, an expired token, another issuer or audience, a client that
    no longer exists.
    """
    header = find_header(token)
    if header is None or str(header.get("typ")).lower() not in ACCESS_TOKEN_TYPES:
        raise _unauthorized()
    claims = _find_claims(token)
    if claims is None and current_tenant_id() != ADMIN_TENANT:
        with enter_tenant(ADMIN_TENANT):
            claims = _find_claims(token)
    if claims is None or claims.get("aud") != audience:
        raise _unauthorized()
    return claims
