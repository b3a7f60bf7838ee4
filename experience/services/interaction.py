"""A journey begins, begins again, or becomes another."""

from django.db import transaction

from common.clock import now
from common.request_context import request_origin
from events.history import record
from experience.adaptive.signals import read_signals
from experience.models import Interaction
from experience.policies import assert_event_change_allowed
from experience.second_factors.staged import KEY as STAGED
from experience.services.captcha import CAPTCHA, verify_captcha
from experience.services.settings import get_sign_in_experience
from experience.services.steps import STRENGTHENS, hold, read_records, step, told_signals
from experience.staged_profile import cleared
from oidc.authorization.pending import lock_request
from oidc.models import AuthorizationRequest
from tenants.database import rows
from tenants.rate_limits import Kind, throttle

# What of the context is about the user, and goes with them.
_OF_USER = frozenset({STAGED, STRENGTHENS})


def start_interaction(
    pending: AuthorizationRequest, *, event: str, captcha_token: str | None = None, is_captcha_verified: bool = False
) -> Interaction:
    """Begin a journey for a pending authorization request; what an earlier one held is dropped.

    A captcha's token is verified first, which may call the provider: not in a transaction. Who has called
    `verify_captcha` before says so. Raises `session.captcha_failed` and `TooManyRequestsError`.
    """
    throttle(Kind.INTERACTION)
    if captcha_token is not None:
        verify_captcha(captcha_token, pending=pending)
        is_captcha_verified = True
    # Nothing is written before what may be refused.
    with transaction.atomic(savepoint=False):
        lock_request(pending.id)
        # Whoever begins one holds the request, so there is none or this one.
        interaction = rows.find(Interaction, "r.request_id = %s", pending.id, lock="FOR UPDATE")
        begun = new_interaction(pending, event=event)
        if is_captcha_verified:
            begun.context[CAPTCHA] = {"verified": True, "skipped": False}
        if interaction is None:
            interaction = begun
        else:
            interaction.request, interaction.event, interaction.user = pending, begun.event, None
            interaction.records, interaction.profile, interaction.context = [], {}, begun.context
        hold(interaction)
        record(
            f"Interaction.{interaction.event}.Create",
            application_id=pending.client_id,
            interactionId=pending.id,
            **told_signals(begun),
        )
    return interaction


def new_interaction(pending: AuthorizationRequest, *, event: str) -> Interaction:
    """Return a journey that has not begun: what is checked before its first step is told of it, too."""
    origin = request_origin()
    context = {"signInContext": {"ip": origin.ip, "userAgent": origin.user_agent, **read_signals()}}
    return Interaction(request=pending, event=Interaction.Event(event), context=context, created_at=now())


def change_event(interaction: Interaction, *, event: str) -> None:
    """Turn a sign-in into a registration or back, keeping what has been proved.

    The staged profile and factors go, and so does the user: an account entered by the rules of one event has not been
    entered by those of another. With the user goes the captcha. Raises `auth.forbidden` and
    `session.not_supported_for_forgot_password`.
    """
    with step(interaction, "Update", requestedEvent=event):
        assert_event_change_allowed(interaction.event, event, get_sign_in_experience(), read_records(interaction))
        if interaction.event != event:
            interaction.event = Interaction.Event(event)
            interaction.profile = cleared(interaction.profile)
            # A captcha has done its work once somebody has been entered, or an account made: it is not for the next.
            dropped = _OF_USER | {CAPTCHA} if interaction.user_id else _OF_USER
            interaction.context = {name: held for name, held in interaction.context.items() if name not in dropped}
            interaction.user = None
