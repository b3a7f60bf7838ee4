"""The claims of a user in the ID token and the userinfo answer (OpenID Connect Core section 5)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from common.clock import to_milliseconds
from oidc.profiles import read_profile
from oidc.scopes import claims_of
from tenants.services.settings import SettingKey, get_setting

Profile = Mapping[str, Any]


class _Absent:
    """The value of a claim that is left out, where `None` is a claim with the value null."""


_ABSENT = _Absent()


def _of_profile(member: str) -> Callable[[Profile], Any]:
    return lambda user: user["profile"].get(member, _ABSENT)


def _column(name: str) -> Callable[[Profile], Any]:
    return lambda user: user[name]


def _preferred_username(user: Profile) -> Any:
    return user["profile"].get("preferredUsername") or user["username"] or _ABSENT


_READERS: dict[str, Callable[[Profile], Any]] = {
    "sub": _column("id"),
    "name": _column("name"),
    "family_name": _of_profile("familyName"),
    "given_name": _of_profile("givenName"),
    "middle_name": _of_profile("middleName"),
    "nickname": _of_profile("nickname"),
    "preferred_username": _preferred_username,
    "profile": _of_profile("profile"),
    "picture": _column("avatar"),
    "website": _of_profile("website"),
    "gender": _of_profile("gender"),
    "birthdate": _of_profile("birthdate"),
    "zoneinfo": _of_profile("zoneinfo"),
    "locale": _of_profile("locale"),
    "updated_at": lambda user: to_milliseconds(user["updated_at"]),
    "username": _column("username"),
    "created_at": lambda user: to_milliseconds(user["created_at"]),
    "email": _column("primary_email"),
    "email_verified": lambda user: bool(user["primary_email"]),
    "phone_number": _column("primary_phone"),
    "phone_number_verified": lambda user: bool(user["primary_phone"]),
    "address": _of_profile("address"),
    "custom_data": _column("custom_data"),
    "identities": _column("identities"),
    # Linked enterprise identities come with enterprise single sign-on; nobody has one without it.
    "sso_identities": lambda user: [],
    "roles": _column("roles"),
    "organizations": lambda user: [organization["id"] for organization in user["organizations"]],
    "organization_data": _column("organizations"),
    "organization_roles": _column("organization_roles"),
}
_RELATION_OF_CLAIM = {
    "roles": "roles",
    "organizations": "organizations",
    "organization_data": "organizations",
    "organization_roles": "organization_roles",
}


def _read_claims(user_id: str, names: Sequence[str]) -> dict[str, Any] | None:
    relations = dict.fromkeys(_RELATION_OF_CLAIM[name] for name in names if name in _RELATION_OF_CLAIM)
    user = read_profile(user_id, tuple(relations))
    if user is None:
        return None
    claims = {name: _READERS[name](user) for name in names}
    return {name: value for name, value in claims.items() if value is not _ABSENT}


def read_userinfo(user_id: str, scopes: Collection[str]) -> dict[str, Any] | None:
    """Return all claims that the scopes bring, `None` where the user is gone. One statement."""
    return _read_claims(user_id, ("sub", *claims_of(scope for scope in scopes if scope != "openid")))


def read_id_token_claims(user_id: str, scopes: Collection[str]) -> dict[str, Any] | None:
    """Return the claims that the scopes put into the ID token, by the tenant's setting for the extended ones."""
    enabled = get_setting(SettingKey.ID_TOKEN).get("enabledExtendedClaims") or ()
    names = claims_of((scope for scope in scopes if scope != "openid"), extended=enabled)
    return _read_claims(user_id, ("sub", *names))
