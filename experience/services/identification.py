"""Who the user is: an existing account entered with a proof, or a new one."""

from common.actors import ANONYMOUS, Actor
from common.errors import AppError
from experience.accounts import assert_identifier_free
from experience.mandatory_profile import list_missing
from experience.methods import METHODS
from experience.models import Interaction
from experience.policies import (
    assert_address_allowed,
    assert_event_allowed,
    assert_identifies,
    assert_registers,
    find_invitation,
)
from experience.records import RecordType, VerificationRecord
from experience.services.settings import get_sign_in_experience
from experience.services.steps import get_record, put_record, read_records, step
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import (
    list_held,
    staged_identifiers,
    staged_organizations,
    staged_password,
    with_organizations,
)
from identity.models import User
from identity.services.users import create_user
from organizations.services.jit import provision_by_choice, provision_by_email

Event = Interaction.Event

_KEY = "Identifier.Submit"


def identify(interaction: Interaction, *, verification_id: str | None = None) -> User:
    """Enter the account that a proof is about, or in a registration make a new one, and return it.

    A registration takes over what the proof says about the new account and keeps it even if more is missing
    (`user.missing_profile`); it is called again, without an id, once the rest is staged. Raises
    `session.identifier_not_found` for a new account that nothing identifies,
    `session.verification_session_not_found`, `session.verification_failed`, `auth.forbidden`,
    `user.sign_in_method_not_enabled`, `user.user_not_exist`, `user.suspended`, `session.identity_conflict`,
    `one_time_token.interaction_event_mismatch`, `user.*_already_in_use` and `session.email_blocklist.*`.
    """
    if interaction.event == Event.REGISTER:
        if verification_id is not None:
            _adopt_proof(interaction, verification_id)
        return _register(interaction)
    if verification_id is None:
        raise AppError("guard.invalid_input")
    return _enter(interaction, verification_id)


def _enter(interaction: Interaction, verification_id: str) -> User:
    settings = get_sign_in_experience()
    with step(interaction, _KEY, only_journey=True, verificationId=verification_id):
        _assert_is_registration(interaction, wanted=False)
        record = get_record(interaction, verification_id)
        assert_identifies(record, interaction.event, settings)
        if not record.verified:
            raise AppError("session.verification_failed")
        user = METHODS[record.type].find_user(record)
        if user is None:
            named = {"identifier": record.claim.as_wire()} if record.claim else None
            raise AppError("user.user_not_exist", data=named)
        if user.is_suspended:
            raise AppError("user.suspended")
        if interaction.user_id not in (None, user.id):
            raise AppError("session.identity_conflict")
        interaction.user = user
        _stage_organizations(interaction, record)
    return user


def _adopt_proof(interaction: Interaction, verification_id: str) -> None:
    settings = get_sign_in_experience()
    with step(interaction, "Profile.Update", only_journey=True, verificationId=verification_id):
        _assert_is_registration(interaction, wanted=True)
        record = get_record(interaction, verification_id)
        assert_address_allowed(record.identifier, settings)
        assert_registers(record)
        profile = METHODS[record.type].profile_of(record)
        assert_identifier_free(record.identifier)
        interaction.profile = {**interaction.profile, **profile}
        _stage_organizations(interaction, record)


def _stage_organizations(interaction: Interaction, record: VerificationRecord) -> None:
    """A one-time token may bring its user into organizations."""
    if chosen := record.token_context.get("jitOrganizationIds"):
        interaction.profile = with_organizations(interaction.profile, chosen)


def _register(interaction: Interaction) -> User:
    settings = get_sign_in_experience()
    with step(interaction, _KEY):
        _assert_is_registration(interaction, wanted=True)
        invitation = find_invitation(read_records(interaction), interaction.profile)
        if invitation is None:
            # Whoever was sent a one-time token may register if nobody else may.
            assert_event_allowed(interaction.event, settings)
        if interaction.user_id is not None:
            raise AppError("session.identity_conflict")
        assert_profile_complete(None, interaction, settings)
        identifiers, password = staged_identifiers(interaction.profile), staged_password(interaction.profile)
        if not identifiers:
            # Where signing up asks for nothing, a proof still has to say who this is.
            raise AppError("session.identifier_not_found")
        user = create_user(
            **identifiers,
            hashed_password=password,
            **interaction.request.origin_of_user._asdict(),
            actor=ANONYMOUS,
        )
        # An address is only ever staged once it has been verified.
        if user.primary_email:
            provision_by_email(user, actor=Actor.user(user.id))
        if invitation is not None and (chosen := staged_organizations(interaction.profile)):
            provision_by_choice(user, organization_ids=chosen, actor=Actor.user(user.id))
        interaction.user = user
        interaction.profile = {}
        if password is not None:
            # Whoever has just chosen it knows it.
            put_record(interaction, VerificationRecord.new(RecordType.NEW_PASSWORD, verified=True, user_id=user.id))
    return user


def _assert_is_registration(interaction: Interaction, *, wanted: bool) -> None:
    """The event was read before the row was locked; another tab may have changed it."""
    if (interaction.event == Event.REGISTER) is not wanted:
        raise AppError("session.invalid_interaction_type")


def assert_profile_complete(user: User | None, interaction: Interaction, settings: SignInSettings) -> None:
    """Raise `user.missing_profile` unless account and staged profile have all that signing up asks for."""
    missing = list_missing(settings.sign_up, list_held(user, interaction.profile))
    if missing:
        raise AppError("user.missing_profile", data={"missingProfile": missing})
