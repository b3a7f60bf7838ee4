"""Access tokens as they are presented: opaque ones by their row, JWTs by their signature (RFC 9068)."""

from typing import Any
from urllib.parse import urlsplit

from access.models import TokenHeaderType
from access.selectors import find_resource_by_indicator
from applications.cimd.switch import is_taken
from applications.clients import find_client
from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from oidc.credentials.stored import OpaqueToken
from oidc.credentials.validity import find_rejection_reason
from oidc.dpop.presenting import Sender, confirmed_key, is_held_by
from oidc.keys.signing import verify_jwt
from oidc.keys.verified_tokens import SignedJwt
from oidc.token.statements import read_token, read_token_with_profile
from tenants.configuration import cached
from tenants.context import current_tenant_id, enter_tenant
from tenants.hosts import ADMIN_TENANT, find_site, issuer_of

_ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})

_ISSUER_PATH = issuer_of("")
_LONGEST_TOKEN = 4096


def find_opaque_token(token: str, *, sender: Sender | None = None, with_profile: bool = False) -> OpaqueToken | None:
    """Return an opaque access token that is good now: unexpired, its grant alive, its user not suspended.

    One that is bound to a key is good with its sender's proof alone; a bad one raises `invalid_dpop_proof` (401). One
    statement, two for a bound token, none for what cannot be an opaque token. The scopes are the caller's to check.
    """
    if not token or len(token) > _LONGEST_TOKEN or "." in token:
        return None
    found = read_token_with_profile(sha256_hex(token)) if with_profile else read_token(sha256_hex(token))
    if found is None or not is_taken(found.client_id) or find_rejection_reason(found.state, moment=now()):
        return None
    return found if _is_held_by(sender, token=token, jkt=found.dpop_jkt, client_id=found.client_id) else None


def _is_held_by(sender: Sender | None, *, token: str, jkt: str | None, client_id: str) -> bool:
    """As `is_held_by`, by a proof in an algorithm of the token's client; who is asked about bound tokens alone."""
    client = find_client(client_id) if jkt else None
    if client is None:
        return is_held_by(sender, token=token, jkt=jkt)
    return is_held_by(sender, token=token, jkt=jkt, algorithms=client.security.algorithms)


def _unauthorized() -> AppError:
    return AppError("auth.unauthorized", status=401)


def is_own_issuer(issuer: str) -> bool:
    """Whether an issuer is one of the current tenant's: its host leads to the tenant."""

    def load() -> bool:
        found = find_site(urlsplit(issuer).netloc)
        return found is not None and found[0].tenant_id == current_tenant_id()

    return issuer.endswith(_ISSUER_PATH) and cached("oidc.issuer", issuer, load)


def _is_access_token(signed: SignedJwt) -> bool:
    """Whether its type says so (RFC 9068 section 4), or its audience is an API whose tokens have the general type.

    Nothing else that the tenant signs may pass for an access token (RFC 8725 section 3.11).
    """
    if str(signed.typ).lower() in _ACCESS_TOKEN_TYPES:
        return True
    audience = signed.claims.get("aud")
    if signed.typ != TokenHeaderType.JWT or not isinstance(audience, str):
        return False
    resource = find_resource_by_indicator(audience)
    return resource is not None and resource.header_type == TokenHeaderType.JWT


def read_access_token_claims(token: str) -> dict[str, Any] | None:
    """Return the claims of a JWT access token of the current tenant, whoever holds it; otherwise as below."""
    signed = verify_jwt(token)
    if signed is None or not _is_access_token(signed):
        return None
    claims = signed.claims
    issuer, client_id = claims.get("iss"), claims.get("client_id")
    if "exp" not in claims or not isinstance(issuer, str) or not is_own_issuer(issuer):
        return None
    # The token of an application that has been deleted since is worth nothing.
    return claims if isinstance(client_id, str) and find_client(client_id) else None


def find_access_token_claims(token: str, *, sender: Sender | None = None) -> dict[str, Any] | None:
    """Return the claims of a JWT access token that the current tenant has issued, for whatever audience.

    `None` for anything else: another type of token, a bad signature, an expired token, another issuer, a client that no
    longer exists, a sender who does not hold the key it is bound to. `client_id` is a text; the other claims are the
    caller's to check. Raises `invalid_dpop_proof` (401).
    """
    claims = read_access_token_claims(token)
    if claims is None:
        return None
    is_held = _is_held_by(sender, token=token, jkt=confirmed_key(claims), client_id=claims["client_id"])
    return claims if is_held else None


def verify_access_token(token: str, *, audience: str, sender: Sender | None = None) -> dict[str, Any]:
    """Return the claims of a JWT access token for this audience (RFC 9068 section 4).

    The issuer is the current tenant, under any of its hosts, or tenant `admin`. Raises `auth.unauthorized` (401) for
    anything else: another type of token, a bad signature, an expired token, another issuer or audience, a client that
    no longer exists, a bound token without the proof of its key. Raises `invalid_dpop_proof` (401) for a bad proof.
    """
    claims = find_access_token_claims(token, sender=sender)
    if claims is None and current_tenant_id() != ADMIN_TENANT:
        with enter_tenant(ADMIN_TENANT):
            claims = find_access_token_claims(token, sender=sender)
    if claims is None or claims.get("aud") != audience:
        raise _unauthorized()
    return claims
