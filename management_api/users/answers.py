"""Answers about users, and what belongs to one."""

from typing import Literal, NotRequired, TypedDict

from common.rest.operations import With
from management_api.answers import JsonObject, Milliseconds, Reference, Seconds
from management_api.users.serializers import USER


class SsoIdentity(TypedDict):
    """A user's account at an enterprise's identity provider."""

    tenantId: str
    id: str
    userId: str
    issuer: str
    identityId: str
    detail: JsonObject
    createdAt: Milliseconds
    updatedAt: Milliseconds
    ssoConnectorId: str


class UserDetails(TypedDict):
    """A user, with the hash of the password and the enterprise accounts if they are asked for."""

    passwordDigest: NotRequired[str | None]
    passwordAlgorithm: NotRequired[str | None]
    ssoIdentities: NotRequired[list[SsoIdentity]]


class Identity(TypedDict):
    """A user's account at a social provider."""

    userId: str
    details: NotRequired[JsonObject]


class _TokenSet(TypedDict):
    id: str
    type: str
    metadata: JsonObject
    tenantId: str
    userId: str
    createdAt: Milliseconds
    updatedAt: Milliseconds
    identityId: str


class SocialTokenSet(_TokenSet):
    """What is known of the tokens that a social provider issued; never a token."""

    connectorId: str | None
    target: str


class SsoTokenSet(_TokenSet):
    """What is known of the tokens that an enterprise's identity provider issued; never a token."""

    ssoConnectorId: str
    issuer: str


class SocialIdentity(TypedDict):
    """A social account, with its tokens if they are asked for."""

    identity: Identity
    tokenSecret: NotRequired[SocialTokenSet]


class SocialIdentityOfTarget(SocialIdentity):
    """A social account and its provider."""

    target: str


class EnterpriseIdentity(TypedDict):
    """An enterprise account, with its tokens if they are asked for."""

    ssoIdentity: SsoIdentity
    tokenSecret: NotRequired[SsoTokenSet]


class EnterpriseIdentityOfConnector(EnterpriseIdentity):
    """An enterprise account and its connector."""

    ssoConnectorId: str


class AllIdentities(TypedDict):
    """All of a user's accounts at other providers."""

    socialIdentities: list[SocialIdentityOfTarget]
    ssoIdentities: list[EnterpriseIdentityOfConnector]


class DeliveryProblem(TypedDict):
    """What a provider reported of an address."""

    channel: Literal["email", "phone"]
    kind: str
    reason: str
    message: str
    connectorId: str | None
    connectorFactoryId: str
    occurredAt: Milliseconds


class PersonalAccessToken(TypedDict):
    """A token that scripts exchange for access tokens; only a new one shows its value."""

    tenantId: str
    userId: str
    name: str
    value: str
    createdAt: Milliseconds
    expiresAt: Milliseconds | None


class HasPassword(TypedDict):
    """Whether there is a password."""

    hasPassword: bool


class Factor(TypedDict):
    """A second factor: nothing secret in it."""

    id: str
    createdAt: str
    lastUsedAt: NotRequired[str]
    type: str
    name: NotRequired[str | None]
    agent: NotRequired[str]
    remainCodes: NotRequired[int]


class NewFactor(TypedDict):
    """A factor that was set up; the secret or the codes show once."""

    type: Literal["Totp", "BackupCode"]
    secret: NotRequired[str]
    secretQrCode: NotRequired[str]
    codes: NotRequired[list[str]]


class _MfaPreferences(TypedDict):
    enabled: NotRequired[bool]
    skipped: NotRequired[bool]
    skipMfaOnSignIn: NotRequired[bool]


class _PasskeyPreferences(TypedDict):
    skipped: NotRequired[bool]


class FactorPreferences(TypedDict):
    """What a user has decided about second factors."""

    mfa: _MfaPreferences
    passkeySignIn: _PasskeyPreferences


class Session(TypedDict):
    """Where a user is signed in; moments within `payload` are in seconds."""

    payload: JsonObject
    lastSubmission: JsonObject | None
    clientId: str | None
    accountId: str
    expiresAt: Milliseconds


class Sessions(TypedDict):
    """The sessions of a user."""

    sessions: list[Session]


class _GrantPayload(TypedDict):
    exp: Seconds
    iat: Seconds
    jti: str
    kind: Literal["Grant"]
    clientId: str
    accountId: str
    openid: dict[str, str]
    resources: dict[str, str]


class Grant(TypedDict):
    """What a user has granted to an application."""

    id: str
    payload: _GrantPayload
    expiresAt: Milliseconds
    application: Reference


class Grants(TypedDict):
    """The grants of a user."""

    grants: list[Grant]


Identities = dict[str, Identity]
USER_DETAILS = With(USER, UserDetails)
