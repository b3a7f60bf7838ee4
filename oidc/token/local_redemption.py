"""A code that the installation redeems for itself, for a protocol that it translates: no tokens come of it."""

from datetime import datetime

from applications.clients import Client
from common.crypto import sha256_hex
from common.oauth.errors import invalid_grant
from common.request_context import note_journey
from events.figures.counting import count_activity
from oidc.admission.policies import assert_application_admits
from oidc.credentials.stored import Credential
from oidc.credentials.validity import find_rejection_reason
from oidc.token import statements


def redeem_locally(code: str, *, client: Client, redirect_uri: str, moment: datetime) -> Credential:
    """Use up a code and return what it stands for, in the caller's transaction. 2 statements, 3 with access rules.

    The client is the house's own name for whoever asked, so it proves nothing; the code does. Raises `invalid_grant`
    for a code that is not good, and `access_denied` where the application keeps the user out.
    """
    credential = statements.read_code(sha256_hex(code))
    if credential is None:
        raise invalid_grant("the code is unknown")
    # A code has the id of the journey that it ends.
    note_journey(credential.id)
    if reason := find_rejection_reason(credential.state, moment=moment, client=client):
        raise invalid_grant(reason)
    if credential.redirect_uri != redirect_uri:
        raise invalid_grant("redirect_uri mismatch")
    assert_application_admits(client, user_id=credential.state.user_id)
    if credential.consumed_at is not None or not statements.redeem_code(credential.id, moment=moment, rows=()):
        raise invalid_grant("the code was used before")
    count_activity(credential.state.user_id, moment=moment)
    return credential
