"""`POST /oidc/token/revocation` (RFC 7009): a client gives a token back, and with it everything of its grant."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from common.crypto import sha256_hex
from common.errors import AppError
from common.oauth.errors import OAuthError, invalid_request
from common.oauth.rendering import NO_STORE
from events.history import record
from oidc.client_authentication.callers import Caller, identify_caller, throttle_anonymous
from oidc.credentials.stored import OpaqueToken
from oidc.keys.signing import is_jwt
from oidc.sessions.grants import revoke_token
from oidc.token.statements import read_token
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.rate_limits import Kind

AUDIT_KEY = "RevokeToken"


def _assert_opaque(token: str) -> None:
    """Refuse a JWT, which has no row to delete: `unsupported_token_type` (RFC 7009 section 2.2.1)."""
    if is_jwt(token):
        description = "Structured JWT Tokens cannot be revoked via the revocation_endpoint"
        raise OAuthError("unsupported_token_type", description, status=400)


def _find_own(caller: Caller) -> OpaqueToken | None:
    """The token to revoke; none if there is nothing to do. A machine is told that a token is not its own."""
    token = caller.form.require("token")
    _assert_opaque(token)
    found = read_token(sha256_hex(token), with_refresh_tokens=True)
    if found is None or found.client_id == caller.client.id:
        return found
    if caller.client.is_confidential:
        raise invalid_request("client is not authorized to revoke the presented token")
    return None


@transaction.atomic
def revoke(caller: Caller) -> None:
    """Revoke the caller's token and its grant, if it is a token of theirs."""
    found = _find_own(caller)
    if found is None:
        return
    revoke_token(found.id, grant_id=found.state.grant_id)
    record(
        AUDIT_KEY,
        user_id=found.user_id,
        application_id=caller.client.id,
        grantId=found.state.grant_id or None,
        tokenTypes=[found.kind],
    )


@machine_endpoint("POST")
def revocation(request: HttpRequest) -> HttpResponse:
    """Revoke; an unknown token is as good as revoked, so the answer is the same and empty."""
    caller: Caller | None = None
    try:
        caller = identify_caller(request)
        revoke(caller)
    except AppError as error:
        throttle_anonymous(Kind.REFUSAL, caller.client if caller else None)
        record(AUDIT_KEY, application_id=caller.client.id if caller else None, error=error)
        raise
    return HttpResponse(status=200, headers=NO_STORE)
