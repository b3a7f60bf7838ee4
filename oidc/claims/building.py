"""The claims of a user in the ID token and the userinfo answer (OpenID Connect Core section 5)."""

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any

from applications.clients import Client
from applications.scopes import OPENID
from common.clock import to_milliseconds
from oidc.claims.consented_organizations import consented_organization_ids
from oidc.claims.scope_claims import ID_TOKEN_SETTING, claims_of
from oidc.claims.standard_claims import in_standard_form
from oidc.credentials.stored import UserProfile
from tenants.services.settings import get_setting


class _Absent:
    """The value of a claim that is left out, where `None` is a claim with the value null."""


_ABSENT = _Absent()


def _of_profile(member: str) -> Callable[[UserProfile], Any]:
    return lambda user: user.profile.get(member, _ABSENT)


def _preferred_username(user: UserProfile) -> Any:
    return user.profile.get("preferredUsername") or user.username or _ABSENT


_READERS: dict[str, Callable[[UserProfile], Any]] = {
    "sub": attrgetter("id"),
    "name": attrgetter("name"),
    "family_name": _of_profile("familyName"),
    "given_name": _of_profile("givenName"),
    "middle_name": _of_profile("middleName"),
    "nickname": _of_profile("nickname"),
    "preferred_username": _preferred_username,
    "profile": _of_profile("profile"),
    "picture": attrgetter("avatar"),
    "website": _of_profile("website"),
    "gender": _of_profile("gender"),
    "birthdate": _of_profile("birthdate"),
    "zoneinfo": _of_profile("zoneinfo"),
    "locale": _of_profile("locale"),
    "updated_at": lambda user: to_milliseconds(user.updated_at),
    "username": attrgetter("username"),
    "created_at": lambda user: to_milliseconds(user.created_at),
    "email": attrgetter("primary_email"),
    "email_verified": lambda user: bool(user.primary_email),
    "phone_number": attrgetter("primary_phone"),
    "phone_number_verified": lambda user: bool(user.primary_phone),
    "address": _of_profile("address"),
    "custom_data": attrgetter("custom_data"),
    "identities": attrgetter("identities"),
    "sso_identities": attrgetter("sso_identities"),
    "roles": attrgetter("roles"),
    "organizations": lambda user: [organization["id"] for organization in user.organizations or ()],
    "organization_data": attrgetter("organizations"),
    "organization_roles": attrgetter("organization_roles"),
}
_OF_ORGANIZATIONS = frozenset({"organizations", "organization_data", "organization_roles"})


def _with_consented_organizations(user: UserProfile, client: Client, grant_id: str) -> UserProfile:
    """The user as a third-party application may see them: in no other organizations than those it was let into."""
    consented = set(consented_organization_ids(client, user_id=user.id, grant_id=grant_id))
    return user._replace(
        organizations=[found for found in user.organizations or () if found["id"] in consented],
        organization_roles=[role for role in user.organization_roles or () if role.partition(":")[0] in consented],
    )


def _read_claims(user: UserProfile, names: Collection[str], client: Client, grant_id: str) -> dict[str, Any]:
    if client.is_third_party and not _OF_ORGANIZATIONS.isdisjoint(names):
        user = _with_consented_organizations(user, client, grant_id)
    claims = {name: _READERS[name](user) for name in names}
    found = {name: value for name, value in claims.items() if value is not _ABSENT}
    return in_standard_form(found) if client.security.follows_openid else found


def _asked_by_name(names: Sequence[str], scopes: Collection[str], client: Client) -> Sequence[str]:
    """What the client may have of the claims it named: a third party what the scopes that it was granted bring."""
    read = [name for name in names if name in _READERS]
    return [name for name in read if name in claims_of(scopes)] if client.is_third_party else read


def read_userinfo(
    user: UserProfile, scopes: Collection[str], *, client: Client, grant_id: str, named: Sequence[str] = ()
) -> dict[str, Any]:
    """Return all claims that the scopes bring the client and those `named`, made of what was read with the token.

    No statement; one where a third-party application is told of organizations.
    """
    names = dict.fromkeys(("sub", *claims_of(_beside_openid(scopes)), *_asked_by_name(named, scopes, client)))
    return _read_claims(user, names, client, grant_id)


def read_id_token_claims(
    user: UserProfile, scopes: Collection[str], *, client: Client, grant_id: str, named: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the claims that the scopes put into the client's ID token, by the tenant's setting for the extended ones.

    A client that follows OpenID Connect strictly has the others from the userinfo endpoint alone (Core section
    5.4), unless they are `named`. As many statements as `read_userinfo`.
    """
    enabled = get_setting(ID_TOKEN_SETTING).get("enabledExtendedClaims") or ()
    brought = claims_of(_beside_openid(scopes), extended=enabled, with_standard=not client.security.follows_openid)
    names = dict.fromkeys(("sub", *brought, *_asked_by_name(named, scopes, client)))
    return _read_claims(user, names, client, grant_id)


def _beside_openid(scopes: Collection[str]) -> list[str]:
    """The scopes that bring more than the subject."""
    return [scope for scope in scopes if scope != OPENID]
