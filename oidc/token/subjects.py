"""On whose behalf a token exchange acts: the tokens that stand for a user (RFC 8693 sections 2.1 and 3).

Every finder returns `None` for what is unknown, expired, used or of another kind; the caller tells nobody which.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from applications.clients import find_client
from applications.scopes import OPENID, split_scope
from identity.selectors import find_usable_personal_access_token
from oidc.token.subject_tokens import VALUE_PREFIX, find_usable_subject_token
from oidc.token.tokens import find_access_token_claims, find_opaque_token

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
# What an access token is, too, that is a JWT (RFC 8693 section 3).
JWT = "urn:ietf:params:oauth:token-type:jwt"
IMPERSONATION_TOKEN = "urn:logto:token-type:impersonation_token"
PERSONAL_ACCESS_TOKEN = "urn:logto:token-type:personal_access_token"

# More actors than this in one token is no delegation any more.
_LONGEST_CHAIN = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """The user a presented token stands for.

    `act` is who acts for the user already, where the token says so. `subject_token_id` names a token to be used up.
    `context` is what the creator of a subject token said about it. `origin` is for the audit log.
    """

    user_id: str
    act: Mapping[str, Any] | None = None
    subject_token_id: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)


def _is_first_party(client_id: str) -> bool:
    """Whether an application is there and the tenant's own: a third party's token is never turned into another."""
    client = find_client(client_id)
    return client is not None and not client.is_third_party


def _act_of(claims: Mapping[str, Any]) -> Mapping[str, Any] | None:
    act = claims.get("act")
    return act if isinstance(act, dict) else None


def _find_impersonation(token: str, moment: datetime) -> Subject | None:
    found = find_usable_subject_token(token, moment=moment) if token.startswith(VALUE_PREFIX) else None
    if found is None:
        return None
    origin = {"kind": "impersonation", "id": found.id, "creatorId": found.creator_id}
    return Subject(found.user_id, subject_token_id=found.id, context=found.context, origin=origin)


def _find_personal(token: str, _moment: datetime) -> Subject | None:
    found = find_usable_personal_access_token(token)
    return None if found is None else Subject(found.user_id, origin={"kind": "personal", "name": found.name})


def _find_opaque(token: str) -> Subject | None:
    found = find_opaque_token(token)
    if found is None or not _is_first_party(found.client_id):
        return None
    origin = {"kind": "access", "applicationId": found.client_id}
    return Subject(found.user_id, act=_act_of(found.extra_claims), origin=origin)


def _find_jwt(token: str, _moment: datetime) -> Subject | None:
    claims = find_access_token_claims(token)
    if claims is None or not _is_first_party(claims["client_id"]):
        return None
    # A machine's token stands for the machine.
    if not isinstance(claims.get("sub"), str) or claims["sub"] == claims["client_id"]:
        return None
    origin = {"kind": "access", "applicationId": claims["client_id"], "jti": claims.get("jti")}
    return Subject(claims["sub"], act=_act_of(claims), origin=origin)


def _find_access(token: str, moment: datetime) -> Subject | None:
    """An opaque access token or a JWT; a subject token too, which older clients present by this type."""
    return _find_impersonation(token, moment) or _find_opaque(token) or _find_jwt(token, moment)


SUBJECTS: Mapping[str, Callable[[str, datetime], Subject | None]] = MappingProxyType(
    {
        IMPERSONATION_TOKEN: _find_impersonation,
        ACCESS_TOKEN: _find_access,
        JWT: _find_jwt,
        PERSONAL_ACCESS_TOKEN: _find_personal,
    }
)


def find_actor(token: str) -> str | None:
    """Return the user who acts: the one of an opaque access token with `openid`, issued to the tenant's own."""
    found = find_opaque_token(token)
    if found is None or OPENID not in split_scope(found.scope) or not _is_first_party(found.client_id):
        return None
    return found.user_id


def chain(actor_id: str | None, act: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the claim `act`: the actor, and within it those who acted before (RFC 8693 section 4.1).

    Raises `ValueError` for a chain that is too long.
    """
    chained = dict(act) if act else None
    if actor_id is not None:
        chained = {"sub": actor_id} if chained is None else {"sub": actor_id, "act": chained}
    depth, link = 0, chained
    while isinstance(link, dict):
        depth, link = depth + 1, link.get("act")
    if depth > _LONGEST_CHAIN:
        raise ValueError("too many actors")
    return chained
