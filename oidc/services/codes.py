"""Authorization codes come into being here; `oidc.token` redeems them."""

from collections.abc import Sequence
from datetime import timedelta

from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_token
from oidc.models import AuthorizationCode, Session, SessionAuthorization

# RFC 6749 section 4.1.2 recommends ten minutes at most; clients redeem at once.
LIFETIME = timedelta(seconds=60)


def issue_code(
    authorization: SessionAuthorization,
    *,
    session: Session,
    redirect_uri: str,
    scopes: Sequence[str],
    resources: Sequence[str],
    nonce: str = "",
    code_challenge: str = "",
    code_challenge_method: str = "",
    auth_time_requested: bool = False,
) -> str:
    """Return a new code for the application's place in a session (RFC 6749 section 4.1.2). 1 statement.

    The code is bound to the grant, the session, the redirect URI, the PKCE challenge and the resources (RFC 8707); only
    its digest is kept.
    """
    code = new_token()
    AuthorizationCode.objects.create(
        code=sha256_hex(code),
        user_id=session.user_id,
        application_id=authorization.application_id,
        grant_id=authorization.grant_id,
        session=session,
        sid=authorization.id,
        auth_time=session.authenticated_at,
        auth_time_requested=auth_time_requested,
        redirect_uri=redirect_uri,
        scope=" ".join(scopes),
        resource=list(resources),
        nonce=nonce,
        code_challenge=code_challenge,
        code_challenge_method=code_challenge_method,
        expires=now() + LIFETIME,
    )
    return code
