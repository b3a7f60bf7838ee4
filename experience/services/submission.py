"""The end of a journey: what was staged is written, and the browser is sent on."""

from collections.abc import Mapping
from typing import Any, cast

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from common.request_context import request_origin
from events.transactions import part
from experience.adaptive.baseline import record_place
from experience.current_device import current_device
from experience.methods import METHODS
from experience.methods.password import find_expiry_to_announce
from experience.models import Interaction
from experience.proof_validity import is_about
from experience.records import RecordType
from experience.second_factors.rules import Situation, verification_required
from experience.second_factors.staged import StagedFactors
from experience.services.actions import apply_sign_in_changes, has_post_sign_in, run_post_sign_in
from experience.services.captcha import assert_captcha
from experience.services.factor_binding import bind_staged_factors
from experience.services.identification import assert_profile_complete, identify
from experience.services.linked_accounts import attach_staged_accounts
from experience.services.mfa import (
    SecondFactor,
    assert_second_factor_given,
    assert_set_up,
    changed_preferences,
    has_given_second_factor,
    list_valid,
    read_situation,
)
from experience.services.restrictions import assert_sign_in_unrestricted
from experience.services.settings import get_sign_in_experience
from experience.services.steps import (
    FINISHED,
    PASSWORD_EXPIRES,
    STRENGTHENS,
    has_just_read_user,
    lock_journey,
    read_records,
    save,
)
from experience.services.submission_records import (
    describe_proofs,
    describe_submission,
    is_added,
    record_submission,
    refusals_recorded,
)
from experience.services.trusted_devices import accept_device, trust_device
from experience.staged_profile import (
    SOCIAL_IDENTITY,
    USER_FIELDS,
    after_writing,
    find_held,
    staged_data,
    staged_details,
    staged_identifiers,
    staged_organizations,
    staged_password,
)
from identity.models import User
from identity.selectors import find_user
from identity.services.users import mark_signed_in, merge_user_data, set_password, update_user
from identity.user_fields import UserChanges
from oidc.authorization.assurance import find_session_to_strengthen, strengthened
from oidc.authorization.pending import complete_login
from oidc.models import Session
from oidc.sessions.sessions import end_sessions_of_user
from organizations.services.jit import provision_by_choice

Event = Interaction.Event


def conclude(interaction: Interaction) -> str | None:
    """Create the account where one is being registered, and `submit`."""
    if interaction.event == Event.REGISTER and interaction.user_id is None:
        identify(interaction)
    return submit(interaction)


def submit(interaction: Interaction) -> str | None:
    """Finish the journey and return where the browser goes on; `None` once a forgotten password is replaced.

    Submitting again answers the same address and does nothing else. Raises `session.captcha_required`,
    `session.invalid_interaction_type`, `session.identifier_not_found`, `user.suspended`, `session.sign_in_restricted`,
    `session.mfa.require_mfa_verification`, `user.missing_profile`, what is to be done about factors
    (`user.passkey_preferred`, `user.suggest_mfa`, `user.missing_mfa`, `session.mfa.suggest_additional_mfa`,
    `session.mfa.backup_code_required`), `user.new_password_required_in_profile`, and what the staged profile may have
    run into meanwhile (`user.*_exists_in_profile`, `user.*_already_in_use`).
    """
    with refusals_recorded(interaction):
        if has_post_sign_in(interaction.event):
            return _submit_with_action(interaction)
        with part():
            return _submit(interaction)


def _submit(interaction: Interaction) -> str | None:
    lock_journey(interaction)
    if FINISHED in interaction.context:
        return _answer_again(interaction)
    if has_post_sign_in(interaction.event):
        # The event was read before the row was locked; a registration then has become a sign-in meanwhile.
        raise AppError("session.invalid_interaction_type")
    assert_captcha(interaction)
    user = _get_user(interaction)
    assert_sign_in_unrestricted(interaction, user, is_last=True)
    redirect_to, submission = None, {}
    if interaction.event == Event.FORGOT_PASSWORD:
        _replace_password(interaction, user)
    else:
        submission = _sign_in(interaction, user)
        redirect_to = _complete(interaction, user, submission)
    _finish(interaction, user, redirect_to, describe_proofs(interaction), submission)
    return redirect_to


def _submit_with_action(interaction: Interaction) -> str | None:
    """Submit in two transactions, with the tenant's Action between them: it is told of the user as they are then.

    Where it refuses the sign-in, the account keeps what was staged, and the journey what still proves something.
    """
    with part():
        lock_journey(interaction)
        if FINISHED in interaction.context or interaction.event != Event.SIGN_IN:
            return _submit(interaction)
        assert_captcha(interaction)
        user = _get_user(interaction)
        assert_sign_in_unrestricted(interaction, user, is_last=True)
        submission, proofs = _sign_in(interaction, user), describe_proofs(interaction)
        _drop_written(interaction)
        save(interaction)
    changes = run_post_sign_in(interaction, user)
    with part():
        lock_journey(interaction)
        if FINISHED in interaction.context:
            return _answer_again(interaction)
        if interaction.event != Event.SIGN_IN or interaction.user_id != user.id:
            raise AppError("session.identifier_not_found")
        user = _get_user(interaction)
        # Meanwhile the user may have got another password, or lost what proved who this is.
        _assert_still_identified(interaction, user, read_situation(interaction, user))
        apply_sign_in_changes(user, changes)
        assert_sign_in_unrestricted(interaction, user, is_last=True)
        redirect_to = _complete(interaction, user, submission)
        _finish(interaction, user, redirect_to, proofs, submission)
    return redirect_to


def _drop_written(interaction: Interaction) -> None:
    """Leave of the journey what proves who its user is: the rest is the account's now, and is not written again."""
    records = read_records(interaction)
    interaction.records = [each.dump() for each in records if not (each.is_binding or is_added(each, interaction))]
    interaction.profile = after_writing(interaction.profile)
    interaction.context = StagedFactors.of(interaction.context).without_factors().put(interaction.context)


def _get_user(interaction: Interaction) -> User:
    """Return who the journey is about, as this transaction has just read them; else 1 statement.

    Raises `session.identifier_not_found` and `user.suspended`.
    """
    user: User | None = None
    if has_just_read_user(interaction):
        user = interaction.user
    elif interaction.user_id is not None:
        user = find_user(interaction.user_id)
    if user is None:
        raise AppError("session.identifier_not_found")
    if user.is_suspended:
        raise AppError("user.suspended")
    return user


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


def _sign_in(interaction: Interaction, user: User) -> dict[str, Any]:
    """Write what was staged to the account, and return how its user signed in."""
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
    if _session_to_strengthen(interaction, user) is None:
        assert_set_up(situation)
    changes = cast(UserChanges, staged_identifiers(interaction.profile))
    if (preferences := changed_preferences(user, situation)) is not None:
        changes["account_settings"] = preferences
    changes |= cast(UserChanges, staged_details(interaction.profile))
    if changes:
        update_user(user, actor=actor, **changes)
    if data := staged_data(interaction.profile):
        merge_user_data(user, actor=actor, **data)
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
    return describe_submission(interaction, user, situation, second)


def _complete(interaction: Interaction, user: User, submission: dict[str, Any]) -> str:
    """Give the user to the authorization request and return where the browser goes on."""
    session = _session_to_strengthen(interaction, user)
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


def _finish(
    interaction: Interaction,
    user: User,
    redirect_to: str | None,
    proofs: list[dict[str, Any]],
    submission: Mapping[str, Any],
) -> None:
    record_submission(interaction, user, proofs=proofs, submission=submission)
    context = {FINISHED: redirect_to, **_announcement(interaction, user)}
    interaction.user = None
    interaction.records = []
    interaction.profile = {}
    interaction.context = context
    save(interaction)


def _announcement(interaction: Interaction, user: User) -> dict[str, str]:
    """What a page tells whoever has signed in with a password that expires soon."""
    if not any(record.type == RecordType.PASSWORD and is_about(record, user) for record in read_records(interaction)):
        return {}
    expiry = find_expiry_to_announce(user, get_sign_in_experience().password_expiration)
    return {} if expiry is None else {PASSWORD_EXPIRES: expiry.isoformat()}
