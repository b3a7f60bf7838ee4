"""Clients as the protocol sees them: an immutable view of an application and its secrets, cached with the tenant.

Clients that are known by the address of their metadata look the same and come from `oidc.cimd`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.client_security import ClientSecurity, security_of
from applications.models import Application, ApplicationSecret
from applications.models.application import ApplicationType
from applications.models.document_clients import is_document_address
from applications.saml_callback import saml_callback_uris
from applications.selectors import find_any_application
from common.ascii_urls import to_ascii_url
from tenants.configuration import cached

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"

_DAY = 86_400
_DEFAULT_ID_TOKEN_TTL = 3600
_DEFAULT_REFRESH_TOKEN_TTL = 14 * _DAY
_LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret as it is compared: by its SHA-256."""

    name: str
    sha256: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the current tenant. Lifetimes are in seconds."""

    id: str
    name: str
    type: str
    is_confidential: bool
    is_third_party: bool
    is_native: bool
    is_access_controlled: bool
    grant_types: frozenset[str]
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    cors_allowed_origins: tuple[str, ...]
    id_token_ttl: int
    refresh_token_ttl: int
    rotates_refresh_token: bool
    always_issues_refresh_token: bool
    max_allowed_grants: int | None
    backchannel_logout_uri: str | None
    wants_sid: bool
    secrets: tuple[ClientSecret, ...]
    security: ClientSecurity = ClientSecurity()
    # The application that stands for a client with a metadata document, whose `id` is that document's address.
    stand_in_id: str = ""
    registered_itself: bool = False

    @property
    def application_id(self) -> str:
        """The application that rows of this client refer to."""
        return self.stand_in_id or self.id

    @property
    def has_document(self) -> bool:
        """Whether the client is known by the address of its metadata."""
        return bool(self.stand_in_id)

    @property
    def is_unverified(self) -> bool:
        """Whether nobody here has checked the client: it registered itself, or is known by its metadata's address."""
        return self.registered_itself or self.has_document

    @property
    def must_prove_key(self) -> bool:
        """Whether the client has to bind its codes to a key of its own (RFC 7636, RFC 9700 section 2.1.1)."""
        return not self.is_confidential or self.is_unverified or self.security.follows_fapi

    @property
    def is_single_page(self) -> bool:
        """A public web client: its refresh tokens end at a fixed time after sign-in."""
        return not self.is_confidential and not self.is_native

    @property
    def client_type(self) -> str:
        """The client type in django-oauth-toolkit's words (RFC 6749 section 2.1)."""
        return str(Application.CLIENT_CONFIDENTIAL if self.is_confidential else Application.CLIENT_PUBLIC)

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Whether the client may use one of the grants, named by their `grant_type` parameter."""
        return not self.grant_types.isdisjoint(grant_types)


def _grant_types(application: Application, custom: Mapping[str, Any]) -> frozenset[str]:
    granted = _grant_types_of_type(application, custom)
    # Only the tenant's own applications may turn one token into another.
    if custom.get("allowTokenExchange") and not application.is_third_party:
        return granted | {TOKEN_EXCHANGE}
    return granted


def _grant_types_of_type(application: Application, custom: Mapping[str, Any]) -> frozenset[str]:
    if application.type == ApplicationType.MACHINE_TO_MACHINE:
        return frozenset({CLIENT_CREDENTIALS})
    if custom.get("isDeviceFlow"):
        return frozenset({DEVICE_CODE, REFRESH_TOKEN})
    return frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN})


def _refresh_token_ttl(custom: Mapping[str, Any]) -> int:
    if days := custom.get("refreshTokenTtlInDays"):
        return int(days) * _DAY
    return int(custom.get("refreshTokenTtl") or _DEFAULT_REFRESH_TOKEN_TTL)


def client_of(application: Application, secrets: tuple[ClientSecret, ...] = ()) -> Client:
    """Return the protocol's view of an application."""
    oidc, custom = application.oidc_client_metadata, application.custom_client_metadata
    is_native = application.type == ApplicationType.NATIVE
    security = security_of(custom)
    backchannel_uri = oidc.get("backchannelLogoutUri")
    return Client(
        id=application.id,
        name=application.name,
        type=application.type,
        is_confidential=application.is_confidential,
        is_third_party=application.is_third_party,
        is_native=is_native,
        is_access_controlled=application.app_level_access_control_enabled,
        grant_types=_grant_types(application, custom),
        redirect_uris=tuple(application.redirect_uri_list),
        post_logout_redirect_uris=tuple(application.post_logout_redirect_uri_list),
        # As a browser's Origin header has them.
        cors_allowed_origins=tuple(map(to_ascii_url, custom.get("corsAllowedOrigins") or ())),
        id_token_ttl=int(custom.get("idTokenTtl") or _DEFAULT_ID_TOKEN_TTL),
        refresh_token_ttl=_refresh_token_ttl(custom),
        # FAPI 2.0 Security Profile section 5.3.2.1 item 9: what binds the token makes rotation superfluous.
        rotates_refresh_token=custom.get("rotateRefreshToken", True) is not False and not security.follows_fapi,
        always_issues_refresh_token=bool(custom.get("alwaysIssueRefreshToken")) and not is_native,
        max_allowed_grants=custom.get("maxAllowedGrants"),
        backchannel_logout_uri=backchannel_uri,
        wants_sid=bool(backchannel_uri and oidc.get("backchannelLogoutSessionRequired")),
        secrets=secrets,
        security=security,
        registered_itself=application.registered_itself,
    )


class _NoSuchClientError(Exception):
    """Not remembered: made-up ids must not fill the cache."""


def _load(client_id: str) -> Client:
    application = find_any_application(client_id)
    if application is None:
        raise _NoSuchClientError
    if application.type == ApplicationType.SAML:
        uris = {"redirectUris": saml_callback_uris(application.id), "postLogoutRedirectUris": []}
        application.oidc_client_metadata = uris
    secrets = ApplicationSecret.objects.filter(application_id=client_id).order_by("created_at")
    rows = secrets.values_list("name", "value_sha256", "expires_at")
    return client_of(application, tuple(ClientSecret(*row) for row in rows))


def find_client(client_id: str) -> Client | None:
    """Return a client that is an application of the current tenant. No statement when warm, two when cold."""
    if not client_id or len(client_id) > _LONGEST_ID or is_document_address(client_id):
        return None
    try:
        return cached("client", client_id, lambda: _load(client_id))
    except _NoSuchClientError:
        return None
