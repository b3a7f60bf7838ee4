"""The end of a journey: what was staged is written, and the browser is sent on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from common.request_context import request_origin
from events.history import record
from events.transactions import part
from experience.adaptive.baseline import as_result, record_place
from experience.current_device import current_device
from experience.methods import METHODS
from experience.models import Interaction
from experience.proof_validity import is_about
from experience.records import VerificationRecord
from experience.second_factors.rules import Situation, verification_required
from experience.services.factor_binding import bind_staged_factors
from experience.services.identification import assert_profile_complete, identify
from experience.services.linked_accounts import attach_staged_accounts
from experience.services.mfa import (
    SecondFactor,
    UnusualSignInError,
    assert_second_factor_given,
    assert_set_up,
    changed_preferences,
    has_given_second_factor,
    is_staged,
    list_valid,
    read_situation,
)
from experience.services.settings import get_sign_in_experience
from experience.services.steps import (
    FINISHED,
    STRENGTHENS,
    has_just_read_user,
    lock_journey,
    read_records,
    record_step,
    save,
)
from experience.services.trusted_devices import accept_device, trust_device
from experience.staged_profile import (
    PROFILE_NAMES,
    SOCIAL_IDENTITY,
    USER_FIELDS,
    find_held,
    staged_details,
    staged_identifiers,
    staged_organizations,
    staged_password,
)
from identity.models import User
from identity.selectors import find_user
from identity.services.users import mark_signed_in, set_password, update_user
from identity.user_fields import UserChanges
from oidc.authorization.assurance import find_session_to_strengthen, strengthened
from oidc.authorization.pending import complete_login
from oidc.models import Session
from oidc.sessions.sessions import end_sessions_of_user
from organizations.services.jit import provision_by_choice

Event = Interaction.Event

_HOOKS = {Event.SIGN_IN: "PostSignIn", Event.REGISTER: "PostRegister", Event.FORGOT_PASSWORD: "PostResetPassword"}


# What tokens must know of a second factor that was not given (`oidc.claims.proofs`).
_NOTES: Mapping[SecondFactor, dict[str, bool]] = {
    SecondFactor.TRUSTED: {"trustedDevice": True},
    SecondFactor.WAIVED: {"secondFactorWaived": True},
}


def conclude(interaction: Interaction) -> str | None:
    """Create the account where one is being registered, and `submit`."""
    if interaction.event == Event.REGISTER and interaction.user_id is None:
        identify(interaction)
    return submit(interaction)


def submit(interaction: Interaction) -> str | None:
    """Finish the journey and return where the browser goes on; `None` once a forgotten password is replaced.

    Submitting again answers the same address and does nothing else. Raises `session.identifier_not_found`,
    `user.suspended`, `session.mfa.require_mfa_verification`, `user.missing_profile`, what is to be done about factors
    (`user.passkey_preferred`, `user.suggest_mfa`, `user.missing_mfa`, `session.mfa.suggest_additional_mfa`,
    `session.mfa.backup_code_required`), `user.new_password_required_in_profile`, and what the staged profile may have
    run into meanwhile (`user.*_exists_in_profile`, `user.*_already_in_use`).
    """
    with _failures_recorded(interaction), part():
        lock_journey(interaction)
        if FINISHED in interaction.context:
            return _answer_again(interaction)
        user = _find_user(interaction)
        if user is None:
            raise AppError("session.identifier_not_found")
        if user.is_suspended:
            raise AppError("user.suspended")
        if interaction.event == Event.FORGOT_PASSWORD:
            redirect_to = None
            _replace_password(interaction, user)
        else:
            redirect_to = _sign_in(interaction, user)
        _finish(interaction, user, redirect_to)
    return redirect_to


@contextmanager
def _failures_recorded(interaction: Interaction) -> Iterator[None]:
    """Write the refusal of a submission, and tell webhooks of one that adaptive MFA is the reason of."""
    try:
        yield
    except UnusualSignInError as error:
        result = as_result(error.triggers)
        record_step(interaction, "Submit", error, hook="PostSignInAdaptiveMfaTriggered", adaptiveMfaResult=result)
        raise
    except AppError as error:
        record_step(interaction, "Submit", error)
        raise


def _find_user(interaction: Interaction) -> User | None:
    """Return who the journey is about, as this transaction has just read them; else 1 statement."""
    if has_just_read_user(interaction):
        known: User | None = interaction.user
        return known
    return None if interaction.user_id is None else find_user(interaction.user_id)


def _answer_again(interaction: Interaction) -> str:
    redirect_to = interaction.context[FINISHED]
    if redirect_to is None:
        raise AppError("session.interaction_not_found")
    return str(redirect_to)


def _replace_password(interaction: Interaction, user: User) -> None:
    _assert_still_identified(
        interaction, user, Situation(event=interaction.event, settings=get_sign_in_experience().mfa)
    )
    password = staged_password(interaction.profile)
    if password is None:
        raise AppError("user.new_password_required_in_profile")
    set_password(user, hashed_password=password, actor=Actor.user(user.id))
    # Whoever made the owner reset the password may be signed in somewhere.
    end_sessions_of_user(user.id)


def _sign_in(interaction: Interaction, user: User) -> str:
    actor, settings = Actor.user(user.id), get_sign_in_experience()
    situation = read_situation(interaction, user)
    _assert_still_identified(interaction, user, situation)
    second = SecondFactor.NONE
    if interaction.event == Event.SIGN_IN:
        second = assert_second_factor_given(interaction, user, situation)
    if SOCIAL_IDENTITY in interaction.profile and situation.is_unproved:
        # A stolen password must not become another way in.
        raise verification_required(situation)
    assert_profile_complete(user, interaction, settings)
    _assert_nothing_replaced(interaction, user)
    session = _session_to_strengthen(interaction, user)
    if session is None:
        assert_set_up(situation)
    changes = cast(UserChanges, staged_identifiers(interaction.profile))
    if (preferences := changed_preferences(user, situation)) is not None:
        changes["account_settings"] = preferences
    changes |= cast(UserChanges, staged_details(interaction.profile))
    if changes:
        update_user(user, actor=actor, **changes)
    attach_staged_accounts(user, interaction.profile, actor=actor)
    bind_staged_factors(user, situation.staged, actor=actor)
    _remember_device(interaction, user, situation, second)
    if password := staged_password(interaction.profile):
        set_password(user, hashed_password=password, actor=actor)
    if chosen := staged_organizations(interaction.profile):
        provision_by_choice(user, organization_ids=chosen, actor=actor)
    mark_signed_in(user, **interaction.request.origin_of_user._asdict())
    if settings.adaptive_mfa:
        record_place(user, interaction.context.get("signInContext", {}), moment=now())
    submission = _submission(interaction, user, situation, second)
    if session is not None:
        submission = strengthened(session, submission)
    return complete_login(interaction.request, user=user, submission=submission)


def _assert_still_identified(interaction: Interaction, user: User, situation: Situation) -> None:
    """Raise `session.identifier_not_found` if nothing says any more that this is the user.

    Their password, passkey or address may have changed since: perhaps because somebody else had it, whose journey was
    under way. A new user's account is the journey's own, and what a session says is looked at by itself.
    """
    if interaction.event == Event.REGISTER or STRENGTHENS in interaction.context:
        return
    if not any(record.type in METHODS for record in list_valid(interaction, user, situation)):
        raise AppError("session.identifier_not_found")


def _remember_device(interaction: Interaction, user: User, situation: Situation, second: SecondFactor) -> None:
    """Note that a trusted device stood in for the second factor, or trust this browser as its user wished."""
    device = current_device()
    if device is None:
        return
    if second == SecondFactor.TRUSTED:
        if not accept_device(user, device):
            raise verification_required(situation)
    elif situation.staged.trusts_device and has_given_second_factor(interaction, user, situation, by_backup_code=False):
        place = interaction.context.get("signInContext", {})
        trust_device(
            user,
            device,
            agent=request_origin().user_agent,
            country=place.get("country"),
            city=place.get("city"),
        )


def _session_to_strengthen(interaction: Interaction, user: User) -> Session | None:
    """Return the session that this journey adds a second factor to, if it does.

    Raises `session.identifier_not_found` if that has ended meanwhile: nothing else says who the user is.
    """
    session_id = interaction.context.get(STRENGTHENS)
    if session_id is None:
        return None
    session = find_session_to_strengthen(interaction.request)
    if session is None or (session.id, session.user_id) != (session_id, user.id):
        raise AppError("session.identifier_not_found")
    return session


def _assert_nothing_replaced(interaction: Interaction, user: User) -> None:
    """The account may have got elsewhere, since it was staged here, what it lacked then."""
    staged = staged_identifiers(interaction.profile)
    for kind, field in USER_FIELDS.items():
        if field in staged and find_held(user, kind):
            raise AppError(f"user.{kind}_exists_in_profile")
    if staged_password(interaction.profile) and user.has_password:
        raise AppError("user.password_exists_in_profile")


def _submission(interaction: Interaction, user: User, situation: Situation, second: SecondFactor) -> dict[str, Any]:
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
    is_added = (
        interaction.event == Event.SIGN_IN
        and record.claim is not None
        and interaction.profile.get(PROFILE_NAMES[record.claim.kind]) == record.claim.value
    )
    return {**record.as_wire(), "isBinding": True} if record.is_binding or is_added else record.as_wire()


def _finish(interaction: Interaction, user: User, redirect_to: str | None) -> None:
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
            "verificationRecords": [record.as_brief() for record in read_records(interaction)],
        },
    )
    interaction.user = None
    interaction.records = []
    interaction.profile = {}
    interaction.context = {FINISHED: redirect_to}
    save(interaction)
