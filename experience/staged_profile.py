"""The staged profile of an interaction: what its user has added, until it is written to the account. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, cast

from experience.provider_accounts import ProviderAccount
from identity.models import User
from identity.passwords import HashedPassword, UserInfo

# Kind of identifier -> name in the staged profile -> field of the user.
PROFILE_NAMES: Mapping[str, str] = {"username": "username", "email": "primaryEmail", "phone": "primaryPhone"}
USER_FIELDS: Mapping[str, str] = {"username": "username", "email": "primary_email", "phone": "primary_phone"}


# Names in the staged profile.
SOCIAL_IDENTITY = "socialIdentity"
SSO_IDENTITY = "enterpriseSsoIdentity"
SYNCED_SSO_IDENTITY = "syncedEnterpriseSsoIdentity"
SOCIAL_TOKENS = "socialConnectorTokenSetSecret"
SSO_TOKENS = "enterpriseSsoConnectorTokenSetSecret"

#: What nobody outside may read of a staged profile.
SECRETS = frozenset({"passwordEncrypted", "passwordEncryptionMethod", SOCIAL_TOKENS, SSO_TOKENS})


def find_held(user: User | None, kind: str) -> str | None:
    """Return the identifier of a kind that the account has already."""
    return None if user is None else getattr(user, USER_FIELDS[kind])


def list_held(user: User | None, staged: Mapping[str, Any]) -> set[str]:
    """Return which parts of a profile the account and the staged profile have together."""
    held = {kind for kind, name in PROFILE_NAMES.items() if staged.get(name) or find_held(user, kind)}
    has_password = staged.get("passwordEncrypted") or (user is not None and user.has_password)
    # Whoever signs in with another provider needs none.
    if has_password or staged.get(SOCIAL_IDENTITY) or staged.get(SSO_IDENTITY) or (user and user.identities):
        held.add("password")
    return held


class StagedIdentifiers(TypedDict, total=False):
    """Staged identifiers by the names of the user's fields."""

    username: str
    primary_email: str
    primary_phone: str


def staged_identifiers(staged: Mapping[str, Any]) -> StagedIdentifiers:
    """Return the staged identifiers by the names of the user's fields."""
    found = {USER_FIELDS[kind]: staged[name] for kind, name in PROFILE_NAMES.items() if staged.get(name)}
    return cast(StagedIdentifiers, found)


def staged_password(staged: Mapping[str, Any]) -> HashedPassword | None:
    """Return the staged password; it was hashed before it was staged."""
    if "passwordEncrypted" not in staged:
        return None
    return HashedPassword(staged["passwordEncrypted"], staged["passwordEncryptionMethod"])


def with_password(staged: Mapping[str, Any], password: HashedPassword) -> dict[str, Any]:
    """Return the profile with a password staged."""
    return {
        **staged,
        "passwordEncrypted": password.encrypted,
        "passwordEncryptionMethod": password.method,
    }


def staged_organizations(staged: Mapping[str, Any]) -> list[str]:
    """Return the ids of organizations that the user is to join."""
    return list(staged.get("jitOrganizationIds", ()))


def with_organizations(staged: Mapping[str, Any], organization_ids: Iterable[str]) -> dict[str, Any]:
    """Return the profile with these organizations staged for joining."""
    return {**staged, "jitOrganizationIds": list(organization_ids)}


def with_social_identity(staged: Mapping[str, Any], account: ProviderAccount) -> dict[str, Any]:
    """Return the profile with an account of a social provider, and the tokens that came with it, staged for linking."""
    linked = {"target": account.target, "userInfo": account.user.as_wire()}
    return {**staged, SOCIAL_IDENTITY: linked, **_staged_tokens(SOCIAL_TOKENS, account)}


def with_sso_identity(staged: Mapping[str, Any], account: ProviderAccount) -> dict[str, Any]:
    """Return the profile with an account of an enterprise's identity provider staged for linking."""
    return {**staged, SSO_IDENTITY: _sso_identity(account), **_staged_tokens(SSO_TOKENS, account)}


def with_synced_sso_identity(staged: Mapping[str, Any], account: ProviderAccount) -> dict[str, Any]:
    """Return the profile with what an enterprise's identity provider says now of an account that is linked."""
    return {**staged, SYNCED_SSO_IDENTITY: _sso_identity(account), **_staged_tokens(SSO_TOKENS, account)}


def with_social_tokens(staged: Mapping[str, Any], account: ProviderAccount) -> dict[str, Any]:
    """Return the profile with the tokens of an account that is linked already."""
    return {**staged, **_staged_tokens(SOCIAL_TOKENS, account)}


def with_synced_profile(staged: Mapping[str, Any], account: ProviderAccount) -> dict[str, Any]:
    """Return the profile with the name and avatar that the provider has now."""
    said = {"name": account.user.name, "avatar": account.user.avatar}
    return {**staged, **{name: value for name, value in said.items() if value}}


def _sso_identity(account: ProviderAccount) -> dict[str, Any]:
    return {
        "identityId": account.user.id,
        "ssoConnectorId": account.connector_id,
        "issuer": account.issuer,
        "detail": account.user.as_wire(),
    }


def _staged_tokens(name: str, account: ProviderAccount) -> dict[str, Any]:
    if not account.sealed_tokens:
        return {}
    return {name: {"connectorId": account.connector_id, "target": account.target, "sealed": account.sealed_tokens}}


def is_of_social(staged: Mapping[str, Any], account: ProviderAccount) -> bool:
    """Whether this account of a social provider is staged for linking."""
    linked = staged.get(SOCIAL_IDENTITY)
    if linked is None:
        return False
    named: tuple[str, str] = (linked["target"], linked["userInfo"]["id"])
    return named == (account.target, account.user.id)


def is_of_sso(staged: Mapping[str, Any], account: ProviderAccount) -> bool:
    """Whether this account of an enterprise's identity provider is staged for linking."""
    return _is_sso_account(staged.get(SSO_IDENTITY), account)


def is_synced_sso(staged: Mapping[str, Any], account: ProviderAccount) -> bool:
    """Whether this account of an enterprise's identity provider is staged for being brought up to date."""
    return _is_sso_account(staged.get(SYNCED_SSO_IDENTITY), account)


def _is_sso_account(identity: Mapping[str, Any] | None, account: ProviderAccount) -> bool:
    if identity is None:
        return False
    named = (identity["ssoConnectorId"], identity["issuer"], identity["identityId"])
    return named == (account.connector_id, account.issuer, account.user.id)


def after_writing(staged: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stays of a profile that the account has now: whose enterprise has identified its user."""
    identity = staged.get(SSO_IDENTITY) or staged.get(SYNCED_SSO_IDENTITY)
    return {**cleared(staged), SYNCED_SSO_IDENTITY: identity} if identity else cleared(staged)


def has_staged_account(staged: Mapping[str, Any]) -> bool:
    """Whether an account at another provider is staged for linking."""
    return SOCIAL_IDENTITY in staged or SSO_IDENTITY in staged


class StagedDetails(TypedDict, total=False):
    """What a provider says of a person, by the names of the user's fields."""

    name: str
    avatar: str


def staged_details(staged: Mapping[str, Any]) -> StagedDetails:
    """Return the staged name and avatar by the names of the user's fields."""
    return cast(StagedDetails, {name: staged[name] for name in ("name", "avatar") if staged.get(name)})


class StagedData(TypedDict, total=False):
    """What a user has filled in, by the names of the user's fields."""

    profile: dict[str, Any]
    custom_data: dict[str, Any]


def staged_data(staged: Mapping[str, Any]) -> StagedData:
    """Return the staged members of the user's objects; an object without any is absent."""
    held = {"profile": staged.get("profile"), "custom_data": staged.get("customData")}
    return cast(StagedData, {name: value for name, value in held.items() if value})


def cleared(staged: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile without anything staged: whether the user was asked for more is still known."""
    return {name: staged[name] for name in ("submitted",) if name in staged}


def info_for_policy(user: User | None, staged: Mapping[str, Any]) -> UserInfo:
    """Return what a password must not consist of: staged values before the account's."""
    return UserInfo(
        name=staged.get("name") or (user.name if user else None),
        username=staged.get("username") or find_held(user, "username"),
        email=staged.get("primaryEmail") or find_held(user, "email"),
        phone=staged.get("primaryPhone") or find_held(user, "phone"),
    )
