"""What is told of a submission: to sessions and tokens, to the audit log, and to webhooks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from common.actors import Actor
from common.errors import AppError
from events.history import record
from experience.adaptive.baseline import as_result
from experience.models import Interaction
from experience.proof_validity import is_about
from experience.records import VerificationRecord
from experience.second_factors.rules import Situation
from experience.services.mfa import SecondFactor, UnusualSignInError, is_staged
from experience.services.steps import read_records, record_step, told_signals
from experience.staged_profile import PROFILE_NAMES
from identity.models import User

Event = Interaction.Event

_HOOKS = {Event.SIGN_IN: "PostSignIn", Event.REGISTER: "PostRegister", Event.FORGOT_PASSWORD: "PostResetPassword"}

# What tokens must know of a second factor that was not given (`oidc.claims.proofs`).
_NOTES: Mapping[SecondFactor, dict[str, bool]] = {
    SecondFactor.TRUSTED: {"trustedDevice": True},
    SecondFactor.WAIVED: {"secondFactorWaived": True},
}


@contextmanager
def refusals_recorded(interaction: Interaction) -> Iterator[None]:
    """Write the refusal of a submission, and tell webhooks of one that adaptive MFA is the reason of."""
    try:
        yield
    except UnusualSignInError as error:
        result = as_result(error.triggers)
        hook, demands = "PostSignInAdaptiveMfaTriggered", _demands(error)
        record_step(interaction, "Submit", error, hook=hook, adaptiveMfaResult=result, **demands)
        raise
    except AppError as error:
        record_step(interaction, "Submit", error, **_demands(error))
        raise


def _demands(error: AppError) -> dict[str, Any]:
    """Return what the user was asked for instead, as the audit log tells it."""
    data = error.data if isinstance(error.data, dict) else {}
    return {name: data[name] for name in ("availableFactors", "missingProfile") if name in data}


def describe_submission(
    interaction: Interaction, user: User, situation: Situation, second: SecondFactor
) -> dict[str, Any]:
    """Return how the user signed in, as sessions and token claims tell it: nothing secret in it.

    What was begun to be set up and then left is not among it, nor what was proved about somebody else.
    """
    own = [record for record in read_records(interaction) if is_about(record, user)]
    records = [record for record in own if not record.is_binding or is_staged(record, situation)]
    return {
        "login": {"accountId": user.id},
        "interactionEvent": interaction.event,
        "userId": user.id,
        "verificationRecords": [_submitted(record, interaction) for record in records],
        "signInContext": interaction.context.get("signInContext", {}),
        **_NOTES.get(second, {}),
    }


def _submitted(record: VerificationRecord, interaction: Interaction) -> dict[str, Any]:
    """A factor that was set up, or an address that was added to an account, has proved nothing about whose it was."""
    is_binding = record.is_binding or is_added(record, interaction)
    return {**record.as_wire(), "isBinding": True} if is_binding else record.as_wire()


def is_added(record: VerificationRecord, interaction: Interaction) -> bool:
    """Whether a proof is of an address that the journey adds to an account there is."""
    return (
        interaction.event == Event.SIGN_IN
        and record.claim is not None
        and interaction.profile.get(PROFILE_NAMES[record.claim.kind]) == record.claim.value
    )


def describe_proofs(interaction: Interaction) -> list[dict[str, Any]]:
    """Return the proofs of a journey as the history tells them."""
    return [record.as_brief() for record in read_records(interaction)]


def record_submission(
    interaction: Interaction, user: User, *, proofs: list[dict[str, Any]], submission: Mapping[str, Any]
) -> None:
    """Write that a journey has ended; `submission` is what `describe_submission` says of a sign-in, else empty."""
    notes: dict[str, Any] = {name: True for noted in _NOTES.values() for name in noted if submission.get(name)}
    record(
        f"Interaction.{interaction.event}.Submit",
        hook=_HOOKS[Event(interaction.event)],
        actor=Actor.user(user.id),
        subject=user,
        application_id=interaction.request.client_id,
        interactionId=interaction.request_id,
        interaction={
            "interactionEvent": interaction.event,
            "userId": user.id,
            "verificationRecords": proofs,
        },
        **told_signals(interaction),
        **notes,
    )
