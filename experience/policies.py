"""What the tenant's settings allow at each point of a journey."""

from collections.abc import Iterable, Mapping
from typing import Any

from common.errors import AppError
from connectors.enterprise.selectors import find_sso_connection
from connectors.selectors import find_social_connection
from experience.models import Interaction
from experience.provider_accounts import connector_of
from experience.records import PROVIDER_RECORDS, Identifier, RecordType, VerificationRecord
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import PROFILE_NAMES
from identity.identifiers import assert_email_allowed
from identity.services.one_time_tokens import assert_made_for

Event = Interaction.Event

_REGISTERS = PROVIDER_RECORDS | {
    *(RecordType.NEW_PASSWORD, RecordType.EMAIL_CODE, RecordType.PHONE_CODE, RecordType.ONE_TIME_TOKEN)
}
# What identifies by a method of the settings; second factors say nothing about who somebody is.
_FIRST_FACTORS = frozenset({RecordType.PASSWORD, RecordType.EMAIL_CODE, RecordType.PHONE_CODE})


def assert_event_allowed(event: str, settings: SignInSettings) -> None:
    """Raise `auth.forbidden` where the tenant's mode excludes signing in, or registering."""
    if (event == Event.SIGN_IN and not settings.allows_sign_in) or (
        event == Event.REGISTER and not settings.allows_register
    ):
        raise AppError("auth.forbidden", status=403)


def assert_event_change_allowed(
    current: str, wanted: str, settings: SignInSettings, records: Iterable[VerificationRecord]
) -> None:
    """Raise `session.not_supported_for_forgot_password` for a change from or to it, and `auth.forbidden` by mode.

    Whoever was sent a one-time token may register if nobody else may.
    """
    if current != wanted and Event.FORGOT_PASSWORD in (current, wanted):
        raise AppError("session.not_supported_for_forgot_password")
    if wanted == Event.REGISTER and find_verified_token(records) is not None:
        return
    assert_event_allowed(wanted, settings)


def find_invitation(records: Iterable[VerificationRecord], profile: Mapping[str, Any]) -> VerificationRecord | None:
    """Return the one-time token that was made for the address of the account to be, and counts for no other."""
    token = find_verified_token(records)
    return token if token and token.identifier.value == profile.get(PROFILE_NAMES["email"]) else None


def find_verified_token(records: Iterable[VerificationRecord]) -> VerificationRecord | None:
    """Return the proof by a one-time token among the records."""
    return next((record for record in records if record.type == RecordType.ONE_TIME_TOKEN and record.verified), None)


def assert_not_forgot_password(event: str) -> None:
    """Raise `session.not_supported_for_forgot_password`: nothing but the password changes in that journey."""
    if event == Event.FORGOT_PASSWORD:
        raise AppError("session.not_supported_for_forgot_password")


def assert_identifies(record: VerificationRecord, event: str, settings: SignInSettings) -> None:
    """Raise unless a proof of this kind may identify an existing user in this journey.

    `auth.forbidden` by mode, `user.sign_in_method_not_enabled` by the sign-in methods,
    `session.not_supported_for_forgot_password` (422) by the ways to reset a password. A one-time token is a backend's
    own invitation, which none of these concern; only its own `interactionEvent` does.
    """
    if record.type == RecordType.ONE_TIME_TOKEN:
        assert_made_for(event, record.token_context)
        return
    if event == Event.FORGOT_PASSWORD:
        if not settings.resets_password_with(record.type):
            raise AppError("session.not_supported_for_forgot_password", status=422)
        return
    assert_event_allowed(event, settings)
    if record.type == RecordType.SIGN_IN_PASSKEY:
        if not settings.passkey_sign_in.enabled:
            raise AppError("user.sign_in_method_not_enabled")
        return
    if record.type in PROVIDER_RECORDS:
        assert_provider_allowed(record, settings)
        return
    if record.type not in _FIRST_FACTORS:
        raise AppError("user.sign_in_method_not_enabled")
    method = settings.find_method(record.identifier.kind)
    if method is None or not method.allows(record.type):
        raise AppError("user.sign_in_method_not_enabled")


def assert_provider_allowed(record: VerificationRecord, settings: SignInSettings) -> None:
    """Raise `user.sign_in_method_not_enabled` for the proof of a provider that nobody signs in with any more.

    Its connector may have been removed while the user was there, perhaps because it is not to be trusted.
    """
    if record.type == RecordType.ENTERPRISE_SSO:
        is_allowed = settings.is_sso_enabled and find_sso_connection(connector_of(record)) is not None
    elif record.type == RecordType.SOCIAL:
        is_allowed = find_social_connection(connector_of(record)) is not None
    else:
        return
    if not is_allowed:
        raise AppError("user.sign_in_method_not_enabled")


def assert_registers(record: VerificationRecord, settings: SignInSettings) -> None:
    """Raise `session.verification_failed` unless a new account may begin with this proof.

    `user.sign_in_method_not_enabled` while the tenant has enterprise sign-in off, or the connector is gone, and
    `one_time_token.interaction_event_mismatch` for a one-time token that was made for something else.
    """
    if record.type not in _REGISTERS or not record.verified:
        raise AppError("session.verification_failed")
    assert_provider_allowed(record, settings)
    assert_made_for(Event.REGISTER, record.token_context)


def assert_address_allowed(identifier: Identifier, settings: SignInSettings) -> None:
    """Raise `session.email_blocklist.*` for an email address that the tenant does not let in.

    `session.sign_in_restricted` for one with which its user could not sign in.
    """
    if identifier.kind == "email":
        assert_email_allowed(identifier.value, settings.email_blocklist)
        settings.restrictions.assert_email_allowed(identifier.value)


def assert_channel_used(
    record_type: RecordType, channel: str, event: str, settings: SignInSettings, *, is_identified: bool
) -> None:
    """Raise unless the tenant's settings have a use for a code that is sent over this channel.

    A message costs its sender: a tenant without phone sign-in sends none. A signed-in user may add an address or number
    of either kind. `session.not_supported_for_forgot_password` (422), `user.sign_in_method_not_enabled` (422).
    """
    if is_identified:
        return
    if event == Event.FORGOT_PASSWORD:
        if not settings.resets_password_with(record_type):
            raise AppError("session.not_supported_for_forgot_password", status=422)
        return
    method = settings.find_method(channel)
    if not settings.sign_up.collects(channel) and (method is None or not method.allows(record_type)):
        raise AppError("user.sign_in_method_not_enabled")


def is_delivery_suppressed(event: str, settings: SignInSettings, *, is_admitted: bool, is_known: bool) -> bool:
    """Whether a code goes nowhere, so that sending it does not tell who has an account.

    A forgotten password of nobody, and any code to an unknown recipient while the tenant takes no new users.
    `is_admitted`: the journey's user is known, or was invited by a one-time token.
    """
    if is_known:
        return False
    return event == Event.FORGOT_PASSWORD or (not settings.allows_register and not is_admitted)


def template_type_for(event: str, channel: str, settings: SignInSettings, *, is_identified: bool) -> str:
    """Return what a code's message is for: the event, or the second factor that a signed-in user adds."""
    if is_identified and not settings.sign_up.collects(channel):
        return "BindMfa"
    return event
