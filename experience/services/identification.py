"""Who the user is: an existing account entered with a proof, or a new one."""

from dataclasses import replace

from common.actors import ANONYMOUS, Actor
from common.errors import AppError
from experience.enterprise_domains import assert_no_enterprise_email
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
from experience.profile_fields.answers import are_answered, find_held_answers
from experience.provider_accounts import ProviderAccount
from experience.records import PROVIDER_RECORDS, RecordType, VerificationRecord
from experience.services.captcha import assert_captcha
from experience.services.extra_profile import list_asked_fields
from experience.services.linked_accounts import attach_staged_accounts
from experience.services.provider_users import find_provider_user
from experience.services.restrictions import assert_sign_in_unrestricted
from experience.services.settings import get_sign_in_experience
from experience.services.steps import get_record, put_record, read_records, step
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import (
    SOCIAL_IDENTITY,
    SSO_IDENTITY,
    SYNCED_SSO_IDENTITY,
    cleared,
    has_staged_account,
    is_of_social,
    is_of_sso,
    list_held,
    staged_data,
    staged_details,
    staged_identifiers,
    staged_organizations,
    staged_password,
    with_organizations,
)
from identity.models import User
from identity.selectors import has_sso_identity
from identity.services.users import create_user
from organizations.services.jit import provision_by_choice, provision_by_email

Event = Interaction.Event

_KEY = "Identifier.Submit"
# Whom an enterprise, or a backend's own invitation, signs in whatever the domain of their address.
_OF_INVITATION_OR_ENTERPRISE = frozenset({RecordType.ENTERPRISE_SSO, RecordType.ONE_TIME_TOKEN})


def identify(interaction: Interaction, *, verification_id: str | None = None, links_related_user: bool = False) -> User:
    """Enter the account that a proof is about, or in a registration make a new one, and return it.

    A registration takes over what the proof says about the new account and keeps it even if more is missing
    (`user.missing_profile`); it is called again, without an id, once the rest is staged. With `links_related_user` the
    account of a social provider that is not linked yet enters the account with the same number or address, and is
    linked to it at the end. Raises
    `session.captcha_required` for a new account, `session.identifier_not_found` for one that nothing identifies,
    `session.verification_session_not_found`, `session.verification_failed`, `auth.forbidden`,
    `user.sign_in_method_not_enabled`, `session.sso_enabled`, `session.passkey_sign_in.sso_users_not_allowed`,
    `user.user_not_exist`, `user.identity_not_exist`,
    `user.social_account_exists_in_profile`, `user.sso_identity_not_exist`, `user.suspended`,
    `session.sign_in_restricted`, `session.identity_conflict`, `one_time_token.interaction_event_mismatch`,
    `user.*_already_in_use` and `session.email_blocklist.*`.
    """
    if interaction.event == Event.REGISTER:
        if verification_id is not None:
            _adopt_proof(interaction, verification_id)
        return _register(interaction)
    if verification_id is None:
        raise AppError("guard.invalid_input")
    return _enter(interaction, verification_id, links_related_user=links_related_user)


def _enter(interaction: Interaction, verification_id: str, *, links_related_user: bool) -> User:
    settings = get_sign_in_experience()
    with step(interaction, _KEY, only_journey=True, verificationId=verification_id):
        _assert_is_registration(interaction, wanted=False)
        record = get_record(interaction, verification_id)
        assert_identifies(record, interaction.event, settings)
        if not record.verified:
            raise AppError("session.verification_failed")
        if interaction.event == Event.SIGN_IN and record.type not in _OF_INVITATION_OR_ENTERPRISE:
            _assert_no_enterprise(record, settings)
        user, staged = find_provider_user(record, links_related_user=links_related_user)
        if user.is_suspended:
            raise AppError("user.suspended")
        if record.type == RecordType.SIGN_IN_PASSKEY and has_sso_identity(user):
            # Their enterprise decides whether they still get in.
            raise AppError("session.passkey_sign_in.sso_users_not_allowed")
        if interaction.user_id not in (None, user.id):
            raise AppError("session.identity_conflict")
        interaction.user = user
        interaction.profile = {**interaction.profile, **staged}
        assert_sign_in_unrestricted(interaction, user)
        if record.type in PROVIDER_RECORDS:
            put_record(interaction, replace(record, user_id=user.id))
        _stage_organizations(interaction, record)
    return user


def _assert_no_enterprise(record: VerificationRecord, settings: SignInSettings) -> None:
    for email in METHODS[record.type].emails_of(record):
        assert_no_enterprise_email(email, settings)


def _adopt_proof(interaction: Interaction, verification_id: str) -> None:
    settings = get_sign_in_experience()
    with step(interaction, "Profile.Update", only_journey=True, verificationId=verification_id):
        _assert_is_registration(interaction, wanted=True)
        if interaction.user_id is not None:
            # What is adopted is kept: the submission would write it over what the account has.
            raise AppError("session.identity_conflict")
        record = get_record(interaction, verification_id)
        assert_registers(record, settings)
        if record.type != RecordType.ENTERPRISE_SSO:
            _assert_no_enterprise(record, settings)
        for email in METHODS[record.type].emails_of(record):
            assert_address_allowed(email, settings)
        interaction.profile = {**interaction.profile, **METHODS[record.type].profile_of(record)}
        assert_sign_in_unrestricted(interaction, None)
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
        assert_captcha(interaction)
        if interaction.user_id is not None:
            raise AppError("session.identity_conflict")
        assert_profile_complete(None, interaction, settings)
        assert_sign_in_unrestricted(interaction, None, is_last=True)
        identifiers, password = staged_identifiers(interaction.profile), staged_password(interaction.profile)
        if not identifiers and not has_staged_account(interaction.profile):
            # Where signing up asks for nothing, a proof still has to say who this is.
            raise AppError("session.identifier_not_found")
        staged = interaction.profile
        user = create_user(
            **identifiers,
            **staged_details(staged),
            **staged_data(staged),
            hashed_password=password,
            **interaction.request.origin_of_user._asdict(),
            actor=ANONYMOUS,
        )
        attach_staged_accounts(user, staged, actor=Actor.user(user.id))
        # An address is only ever staged once it has been verified.
        if user.primary_email and SSO_IDENTITY not in staged:
            provision_by_email(user, actor=Actor.user(user.id))
        if invitation is not None and (chosen := staged_organizations(interaction.profile)):
            provision_by_choice(user, organization_ids=chosen, actor=Actor.user(user.id))
        interaction.user = user
        _own_provider_records(interaction, user)
        interaction.profile = cleared(staged)
        if password is not None:
            # Whoever has just chosen it knows it.
            put_record(interaction, VerificationRecord.new(RecordType.NEW_PASSWORD, verified=True, user_id=user.id))
    return user


def _own_provider_records(interaction: Interaction, user: User) -> None:
    """The account that a proof has begun is what it is about from now on."""
    for record in read_records(interaction):
        account = ProviderAccount.find(record)
        if account and (is_of_social(interaction.profile, account) or is_of_sso(interaction.profile, account)):
            put_record(interaction, replace(record, user_id=user.id))


def _assert_is_registration(interaction: Interaction, *, wanted: bool) -> None:
    """The event was read before the row was locked; another tab may have changed it."""
    if (interaction.event == Event.REGISTER) is not wanted:
        raise AppError("session.invalid_interaction_type")


def assert_profile_complete(user: User | None, interaction: Interaction, settings: SignInSettings) -> None:
    """Raise `user.missing_profile` unless account and staged profile have all that signing up asks for.

    An enterprise answers for its own users, and a tenant may ask nothing of who signs in with a social account.
    """
    if is_by_enterprise(interaction) or (settings.skips_identifiers_for_social and _is_by_social(interaction)):
        return
    missing = list_missing(settings.sign_up, list_held(user, interaction.profile))
    if not missing and interaction.event == Event.REGISTER and not _is_extra_profile_given(user, interaction):
        missing = ["extraProfile"]
    if missing:
        raise AppError("user.missing_profile", data={"missingProfile": missing})


def _is_extra_profile_given(user: User | None, interaction: Interaction) -> bool:
    """Whether who registers has filled in what else signing up asks for."""
    held, was_asked = find_held_answers(user, interaction.profile), bool(interaction.profile.get("submitted"))
    return are_answered(list_asked_fields(), held, was_asked=was_asked)


def is_by_enterprise(interaction: Interaction) -> bool:
    """Whether the journey's user has been identified by an enterprise."""
    return bool({SSO_IDENTITY, SYNCED_SSO_IDENTITY} & interaction.profile.keys()) or _is_by(
        interaction, RecordType.ENTERPRISE_SSO
    )


def _is_by_social(interaction: Interaction) -> bool:
    return SOCIAL_IDENTITY in interaction.profile or _is_by(interaction, RecordType.SOCIAL)


def _is_by(interaction: Interaction, record_type: RecordType) -> bool:
    """Whether a proof of this type is about the user of the journey."""
    return any(
        record.type == record_type and record.verified and record.user_id and record.user_id == interaction.user_id
        for record in read_records(interaction)
    )
