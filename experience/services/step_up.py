"""Making a session stronger: an application wants a second factor of somebody who is signed in with one.

What the session knows stays proved; its user is asked for the second factor alone (RFC 9470 section 5).
"""

from django.db import transaction

from experience.models import Interaction
from experience.services.captcha import skip_captcha
from experience.services.interaction import start_interaction
from experience.services.mfa import can_verify
from experience.services.steps import STRENGTHENS, save
from oidc.authorization.assurance import demanded_assurance, find_session_to_strengthen
from oidc.authorization.demands import Assurance
from oidc.models import AuthorizationRequest


def start_step_up(pending: AuthorizationRequest) -> Interaction | None:
    """Begin a sign-in of the session's user that lacks a second factor; `None` if the request wants a whole sign-in.

    So it does of a user who has to set a factor up first: a browser left open is not enough for that. A journey begun
    here sets up nothing. Raises what `start_interaction` does.
    """
    session = find_session_to_strengthen(pending)
    if session is None or (demanded_assurance(pending) == Assurance.ESSENTIAL and not can_verify(session.user)):
        return None
    with transaction.atomic(savepoint=False):
        interaction = start_interaction(pending, event=Interaction.Event.SIGN_IN)
        interaction.user = session.user
        interaction.context = {**interaction.context, STRENGTHENS: session.id}
        skip_captcha(interaction)
        save(interaction)
    return interaction
