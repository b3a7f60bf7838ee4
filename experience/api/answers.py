"""What the Experience API answers."""

from typing import Any, NotRequired, TypedDict


class Verification(TypedDict):
    """A verification, by which later steps name it."""

    verificationId: str


class Authorization(Verification):
    """Where the browser goes to sign in at another provider."""

    authorizationUri: str


class AuthenticationOptions(TypedDict):
    """Options of `navigator.credentials.get` (Web Authentication Level 3, section 5.5)."""

    authenticationOptions: dict[str, Any]


class AuthenticationChallenge(Verification, AuthenticationOptions):
    """A challenge to a passkey."""


class RegistrationChallenge(Verification):
    """A challenge to a new passkey: options of `navigator.credentials.create`."""

    registrationOptions: dict[str, Any]


class TotpSecret(Verification):
    """A secret for an authenticator app, and its QR code as a `data:` address."""

    secret: str
    secretQrCode: str


class BackupCodes(Verification):
    """Codes that show once."""

    codes: list[str]


class ConnectorIds(TypedDict):
    """Connectors by their ids."""

    connectorIds: list[str]


class Redirection(TypedDict):
    """Where the browser goes on."""

    redirectTo: str


class UploadedAvatar(TypedDict):
    """Where the picture is."""

    url: str


class TenantEndpoint(TypedDict):
    """Where a tenant is reached."""

    user: str


class InteractionState(TypedDict):
    """What a client may see of a journey."""

    interactionEvent: str
    profile: dict[str, Any]
    verificationRecords: list[dict[str, Any]]
    captcha: dict[str, Any]
    trustedDevice: dict[str, Any]
    mfa: NotRequired[dict[str, Any]]
    userId: NotRequired[str]
    signInContext: NotRequired[dict[str, Any]]


class _Application(TypedDict):
    id: str
    name: str
    displayName: NotRequired[str]
    branding: NotRequired[dict[str, Any]]
    termsOfUseUrl: NotRequired[str]
    privacyPolicyUrl: NotRequired[str]


class _User(TypedDict):
    id: str
    name: str | None
    avatar: str | None
    username: str | None
    primaryEmail: str | None
    primaryPhone: str | None


class _Resource(TypedDict):
    id: str
    name: str
    indicator: str


class _Scope(TypedDict):
    id: str
    name: str
    description: str | None


class _MissingScopes(TypedDict):
    resource: _Resource
    scopes: list[_Scope]


class _Organization(TypedDict):
    id: str
    name: str
    missingResourceScopes: list[_MissingScopes]


class ConsentQuestion(TypedDict):
    """What a third-party application asks the user for."""

    application: _Application
    user: _User
    missingOIDCScope: list[str]
    missingResourceScopes: list[_MissingScopes]
    organizations: NotRequired[list[_Organization]]
    redirectUri: str
