"""Authorization codes come into being here; `oidc.token` redeems them."""

import json
from collections.abc import Sequence
from datetime import timedelta

from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_id, new_token
from oidc.models import Session, SessionAuthorization
from tenants.context import current_tenant_id
from tenants.database.statements import insert_rows, new_row

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
    amr: str = "",
    dpop_jkt: str = "",
    organization_id: str = "",
    claims: str = "",
    journey_id: str = "",
) -> str:
    """Return a new code for the application's place in a session (RFC 6749 section 4.1.2). 1 statement.

    The code is bound to the grant, the session, the redirect URI, the PKCE challenge, the resources (RFC 8707), the
    organization that the user signs in to and, with `dpop_jkt`, a key (RFC 9449 section 10). Only its digest is kept.
    A journey ends with one code at most, which has its id: so the journey is known where the code is redeemed.
    """
    code = new_token()
    moment = now()
    row = new_row(
        "oidc_authorizationcode",
        id=journey_id or new_id(),
        tenant_id=current_tenant_id(),
        code=sha256_hex(code),
        user_id=session.user_id,
        application_id=authorization.application_id,
        grant_id=authorization.grant_id,
        session_id=session.id,
        sid=authorization.id,
        auth_time=session.authenticated_at,
        auth_time_requested=auth_time_requested,
        amr=amr,
        organization_id=organization_id,
        dpop_jkt=dpop_jkt,
        redirect_uri=redirect_uri,
        scope=" ".join(scopes),
        nonce=nonce,
        code_challenge=code_challenge,
        code_challenge_method=code_challenge_method,
        claims=claims,
        expires=moment + LIFETIME,
        created=moment,
        updated=moment,
        json={"resource": json.dumps(list(resources))},
    )
    insert_rows([row])
    return code
