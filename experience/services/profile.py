"""What the user adds to the profile on the way: staged in the interaction, written at its submission."""

from common.errors import AppError
from experience.accounts import assert_identifier_free
from experience.enterprise_domains import assert_no_enterprise_email
from experience.methods import SOCIAL
from experience.models import Interaction
from experience.policies import assert_address_allowed, assert_not_forgot_password, assert_provider_allowed
from experience.provider_accounts import ProviderAccount
from experience.records import CodeChannel, Identifier, RecordType, VerificationRecord
from experience.services.mfa import assert_may_add
from experience.services.settings import get_sign_in_experience
from experience.services.steps import get_code_record, get_record, step
from experience.staged_profile import (
    PROFILE_NAMES,
    find_held,
    info_for_policy,
    with_password,
    with_social_identity,
)
from identity.identifiers import assert_username_allowed
from identity.models import User
from identity.passwords import HashedPassword, assert_password_allowed, hash_password
from identity.selectors import find_user
from identity.services.passwords import assert_not_same_password

Event = Interaction.Event

_KEY = "Profile.Update"


def set_username(interaction: Interaction, *, username: str) -> None:
    """Stage a username. Raises `user.username_<violation>`, `user.username_exists_in_profile`, `…_already_in_use`."""
    settings = get_sign_in_experience()
    with step(interaction, _KEY, type="username"):
        user = assert_profile_open(interaction)
        _assert_not_held(user, "username")
        assert_username_allowed(username, settings.username_policy)
        assert_identifier_free(Identifier("username", username))
        interaction.profile = {**interaction.profile, "username": username}


def add_identifier(interaction: Interaction, *, kind: CodeChannel, verification_id: str) -> None:
    """Stage an email address or a phone number that a code has proved.

    Raises `session.verification_session_not_found`, `session.verification_failed`, `session.sso_enabled`,
    `session.email_blocklist.*`, `user.<kind>_exists_in_profile` and `user.<kind>_already_in_use`.
    """
    with step(interaction, _KEY, type=kind, verificationId=verification_id):
        stage_identifier(interaction, assert_profile_open(interaction), kind, verification_id)


def stage_identifier(
    interaction: Interaction, user: User | None, kind: CodeChannel, verification_id: str
) -> VerificationRecord:
    """Stage a proved address or number within a step, and return its proof. Raises what `add_identifier` does."""
    record = get_code_record(interaction, verification_id, channel=kind)
    if not record.verified:
        raise AppError("session.verification_failed")
    settings = get_sign_in_experience()
    assert_no_enterprise_email(record.identifier, settings)
    assert_address_allowed(record.identifier, settings)
    _assert_not_held(user, kind)
    assert_identifier_free(record.identifier)
    interaction.profile = {**interaction.profile, PROFILE_NAMES[kind]: record.identifier.value}
    return record


def add_social_identity(interaction: Interaction, *, verification_id: str) -> None:
    """Stage an account of a social provider that has proved itself, to be linked to the user's.

    Who has been identified may: whether they have given their second factor is looked at in the end. Raises
    `session.verification_session_not_found`, `session.verification_failed`, `user.sign_in_method_not_enabled`,
    `session.sso_enabled`, `session.email_blocklist.*`, `user.social_account_exists_in_profile` and
    `user.identity_already_in_use`.
    """
    with step(interaction, _KEY, type="social", verificationId=verification_id):
        assert_not_forgot_password(interaction.event)
        user = _identified_user(interaction)
        if user is None and interaction.event == Event.SIGN_IN:
            raise AppError("session.identifier_not_found")
        record = get_record(interaction, verification_id, record_type=RecordType.SOCIAL)
        account = ProviderAccount.of(record)
        settings = get_sign_in_experience()
        assert_provider_allowed(record, settings)
        for email in SOCIAL.emails_of(record):
            assert_no_enterprise_email(email, settings)
            assert_address_allowed(email, settings)
        if user is not None and account.target in user.identities:
            raise AppError("user.social_account_exists_in_profile")
        if SOCIAL.find_user(record) is not None:
            raise AppError("user.identity_already_in_use")
        interaction.profile = with_social_identity(interaction.profile, account)


def set_password(interaction: Interaction, *, password: str) -> None:
    """Stage the first password of an account, hashed. Raises `password.rejected`, `user.password_exists_in_profile`."""
    # Checked and hashed before the row is locked, and the journey's state checked again after.
    user = _assert_password_open(interaction)
    hashed = _hash_allowed(interaction, user, password)
    with step(interaction, _KEY, type="password"):
        _assert_password_open(interaction)
        interaction.profile = with_password(interaction.profile, hashed)


def set_new_password(interaction: Interaction, *, password: str) -> None:
    """Stage the password that replaces a forgotten one, hashed.

    Raises `session.invalid_interaction_type` in another journey, `session.identifier_not_found`, `password.rejected`
    and `user.same_password`.
    """
    user = _assert_reset_open(interaction)
    hashed = _hash_allowed(interaction, user, password)
    with step(interaction, _KEY, type="password"):
        if _assert_reset_open(interaction).id != user.id:
            raise AppError("session.identity_conflict")
        interaction.profile = with_password(interaction.profile, hashed)


def _identified_user(interaction: Interaction) -> User | None:
    return None if interaction.user_id is None else find_user(interaction.user_id)


def assert_profile_open(interaction: Interaction) -> User | None:
    """Return the user whose profile may be added to; `None` for one who is only about to register.

    Raises what `assert_may_add` does.
    """
    assert_not_forgot_password(interaction.event)
    user = _identified_user(interaction)
    if interaction.event == Event.SIGN_IN:
        if user is None:
            raise AppError("session.identifier_not_found")
        assert_may_add(interaction, user)
    return user


def _assert_not_held(user: User | None, kind: str) -> None:
    if find_held(user, kind):
        raise AppError(f"user.{kind}_exists_in_profile")


def _assert_password_open(interaction: Interaction) -> User | None:
    user = assert_profile_open(interaction)
    if user is not None and user.has_password:
        raise AppError("user.password_exists_in_profile")
    return user


def _assert_reset_open(interaction: Interaction) -> User:
    if interaction.event != Event.FORGOT_PASSWORD:
        raise AppError("session.invalid_interaction_type")
    user = _identified_user(interaction)
    if user is None:
        raise AppError("session.identifier_not_found")
    return user


def _hash_allowed(interaction: Interaction, user: User | None, password: str) -> HashedPassword:
    """Return the password hashed; raises `password.rejected` and, for the current one, `user.same_password`."""
    policy = get_sign_in_experience().password_policy
    assert_password_allowed(password, policy, info_for_policy(user, interaction.profile))
    if user is not None:
        assert_not_same_password(user, password)
    return hash_password(password)
