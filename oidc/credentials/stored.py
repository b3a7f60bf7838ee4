"""Codes and tokens as they are stored, with the state of everything they depend on."""

from collections.abc import Mapping
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

    statics: frozenset[str]
    by_resource: dict[str, list[str]]


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
    amr: str = ""
    dpop_jkt: str = ""
    # The one the user signed in to.
    organization_id: str = ""
    # Claims that were asked for by name, as `RequestedClaims` keeps them.
    claims: str = ""
    # What claims are made of, for `profile_of`.
    profile: tuple[Any, ...] = ()
    # The user's place in the organization that was asked about, for `member_scopes_of`.
    membership: str | None = None


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
    dpop_jkt: str = ""
    claims: str = ""
    # What claims are made of, where it was asked for.
    profile: Mapping[str, Any] | None = None

    @property
    def client_id(self) -> str:
        return self.state.client_id

    @property
    def user_id(self) -> str:
        return self.state.user_id
