"""The request validator of django-oauth-toolkit on this house's models: what the endpoints ask of clients and tokens.

The `request` of these methods is what is under way, `oidc.token.exchange.Exchange`: it has `client`, `credential`,
`moment` and `form`. Nothing here is read by a clear value; codes and tokens are found by their SHA-256.
"""

from collections.abc import Collection
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256

from applications.clients import Client, find_client
from applications.redirect_uris import find_only_redirect_uri, is_redirect_uri_allowed
from applications.scopes import split_scope
from common.ascii_urls import to_ascii_url
from common.clock import now
from common.crypto import sha256_hex
from common.request_context import note_journey
from oidc.client_authentication.methods import ClientCredentials, authenticate
from oidc.credentials.validity import find_rejection_reason
from oidc.sessions.grants import revoke_token
from oidc.token import statements
from oidc.token.lifetimes import is_rotation_due
from oidc.token.tokens import find_opaque_token

_LONGEST_VERIFIER = 128


class Validator(OAuth2Validator):
    """Answers with the client and token rules of `oidc.clients`, `oidc.redirect_uris` and `oidc.state`."""

    # --- Clients -----------------------------------------------------------------------------------------------------

    def _load_application(self, client_id: str, request: Any) -> Client | None:
        request.client = find_client(client_id)
        return request.client

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Set `client` by its id and secret (RFC 6749 section 2.3.1); raises what `authenticate` raises."""
        presented = ClientCredentials(request.client_id, request.client_secret or "", by_header=False, in_body=True)
        request.client = authenticate(presented, issuer="", moment=now()).client
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether a client may do without a secret."""
        client = self._load_application(client_id, request)
        return client is not None and not client.is_confidential

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        client = self._load_application(request.client_id, request)
        return client is None or client.is_confidential

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the client may use a grant, named by its `grant_type` parameter."""
        return client.allows_grant_type(grant_type)

    def validate_response_type(
        self, client_id: str, response_type: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return response_type == "code" and client.allows_grant_type("authorization_code")

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return is_redirect_uri_allowed(request.client, redirect_uri)

    def get_default_redirect_uri(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> str | None:
        return find_only_redirect_uri(request.client)

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return bool(request.client.must_prove_key)

    # --- Authorization codes -----------------------------------------------------------------------------------------

    def validate_code(self, client_id: str, code: str, client: Client, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether the code is good for this client; sets `credential`. One statement."""
        request.credential = statements.read_code(sha256_hex(code))
        if request.credential is None:
            return False
        # A code has the id of the journey that it ends.
        note_journey(request.credential.id)
        return find_rejection_reason(request.credential.state, moment=request.moment, client=client) is None

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        return request.credential.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        return request.credential.code_challenge_method or None

    def validate_code_verifier(self, verifier: str, request: Any) -> bool:
        """Whether the verifier fits the code's challenge, or neither was sent (RFC 7636 section 4.6, S256 alone)."""
        challenge = self.get_code_challenge("", request)
        if challenge is None or not verifier:
            return challenge is None and not verifier and not self.is_pkce_required(request.client.id, request)
        if len(verifier) > _LONGEST_VERIFIER or self.get_code_challenge_method("", request) != "S256":
            return False
        return bool(code_challenge_method_s256(verifier, challenge))

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the redirect URI is the one the code was sent to (RFC 6749 section 4.1.3), as it was on the wire."""
        return to_ascii_url(request.credential.redirect_uri) == to_ascii_url(redirect_uri)

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Mark the code as used; false where that has happened before. One statement."""
        return statements.redeem_code(request.credential.id, moment=request.moment, rows=())

    def get_authorization_code_scopes(self, client_id: str, code: str, redirect_uri: str, request: Any) -> list[str]:
        return list(split_scope(request.credential.scope))

    # --- Refresh tokens ----------------------------------------------------------------------------------------------

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the refresh token is good for this client; sets `credential`. One statement.

        A rotated token may pass: whether it comes within the leeway is decided where it is exchanged.
        """
        request.credential = statements.read_refresh_token(
            sha256_hex(refresh_token), organization_id=request.organization_id
        )
        if request.credential is None:
            return False
        return find_rejection_reason(request.credential.state, moment=request.moment, client=client) is None

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list(split_scope(request.credential.scope))

    def rotate_refresh_token(self, request: Any) -> bool:
        return is_rotation_due(request.credential, request.client, moment=request.moment)

    # --- Presented tokens ---------------------------------------------------------------------------------------------

    def validate_bearer_token(self, token: str, scopes: Collection[str], request: Any) -> bool:
        """Whether an opaque access token is good and has the scopes; sets `credential`. One statement."""
        request.credential = find_opaque_token(token)
        return request.credential is not None and set(scopes) <= set(split_scope(request.credential.scope))

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Revoke the grant of the client's token, with everything that was issued from it (RFC 7009 section 2.1)."""
        found = statements.read_token(sha256_hex(token), with_refresh_tokens=True)
        if found is not None and found.client_id == request.client.id:
            revoke_token(found.id, grant_id=found.state.grant_id)


VALIDATOR = Validator()
