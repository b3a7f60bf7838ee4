"""Codes and tokens as they are stored, with the state of everything they depend on."""

from datetime import datetime
from typing import Any, NamedTuple


class CredentialState(NamedTuple):
    """The state of everything a code or token depends on."""

    client_id: str
    user_id: str
    grant_id: str
    is_user_suspended: bool
    expires_at: datetime
    grant_expires_at: datetime
    grant_revoked_at: datetime | None
    expires_with_session: bool
    session_expires_at: datetime | None


class GrantedScopes(NamedTuple):
    """What the user granted: OIDC scopes, and scopes by resource indicator."""

    statics: list[str]
    by_resource: dict[str, list[str]]


class UserProfile(NamedTuple):
    """What claims are made of; a relation that neither a scope nor a claim asked for is `None`."""

    id: str
    name: str | None
    avatar: str | None
    username: str | None
    primary_email: str | None
    primary_phone: str | None
    profile: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    custom_data: dict[str, Any]
    identities: dict[str, Any]
    roles: list[str] | None = None
    sso_identities: list[dict[str, Any]] | None = None
    organizations: list[dict[str, Any]] | None = None
    organization_roles: list[str] | None = None


class Credential(NamedTuple):
    """A code, of a browser or of a device, or a refresh token, as stored; what only one kind has is empty in others."""

    id: str
    state: CredentialState
    granted: GrantedScopes
    session_id: str | None
    sid: str
    scope: str
    resources: list[str]
    nonce: str
    auth_time: datetime
    auth_time_requested: bool
    consumed_at: datetime | None
    created_at: datetime
    family_started_at: datetime
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    # How the user signed in (RFC 8176), and the key it is bound to (RFC 9449).
    amr: str
    dpop_jkt: str
    # The one the user signed in to.
    organization_id: str
    # Claims that were asked for by name, as `RequestedClaims` keeps them.
    claims: str
    profile: UserProfile
    # The user's place in the organization that was asked about, for `member_scopes_of`.
    membership: dict[str, Any] | None = None


class OpaqueToken(NamedTuple):
    """An opaque access token or a refresh token, as userinfo, introspection and revocation see it."""

    kind: str
    id: str
    state: CredentialState
    scope: str
    sid: str
    created_at: datetime
    is_spent: bool
    extra_claims: dict[str, Any]
    dpop_jkt: str
    claims: str
    # Where it was asked for.
    profile: UserProfile | None = None

    @property
    def client_id(self) -> str:
        return self.state.client_id

    @property
    def user_id(self) -> str:
        return self.state.user_id
