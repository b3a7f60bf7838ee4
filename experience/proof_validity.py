"""Whether what a journey has proved is still so, and about its user. Pure.

A journey lasts an hour. Meanwhile its user may have got another password, or lost a factor or an address, perhaps
because somebody else had them: what proved something by these proves nothing any more.
"""

from collections.abc import Collection, Mapping
from typing import Any

from common.clock import to_iso
from experience.provider_accounts import ProviderAccount
from experience.records import Identifier, RecordType, VerificationRecord
from experience.staged_profile import find_held, is_of_social, is_of_sso, is_synced_sso
from identity.identifier_keys import identifier_key
from identity.models import User

# Proved by something that is stored, and may be taken from the account.
_BY_FACTOR = frozenset({RecordType.TOTP, RecordType.WEBAUTHN, RecordType.BACKUP_CODE, RecordType.SIGN_IN_PASSKEY})
_PASSWORD = "password"


def password_seen(user: User) -> dict[str, str]:
    """Return what a record of a checked password keeps, to know that password from a later one."""
    return {_PASSWORD: to_iso(user.password_updated_at) if user.password_updated_at else ""}


def is_about(record: VerificationRecord, user: User) -> bool:
    """Whether a proof is of this user: by the account that it was about, else by an address that is theirs.

    Anybody can prove things about other accounts, or a mailbox of their own, in the same journey.
    """
    if record.user_id or record.type == RecordType.NEW_PASSWORD:
        # A password that was only chosen is nobody's: the account that begins with it has a record with its id.
        return record.user_id == user.id
    return record.claim is not None and _has(user, record.claim)


def is_valid(record: VerificationRecord, user: User, factor_ids: Collection[str], staged: Mapping[str, Any]) -> bool:
    """Whether a record proves something about this user now.

    `factor_ids` are those of the account's stored factors; `staged` is the profile that the journey adds to it. Whether
    an enterprise's account is still the user's, whoever brings it up to date finds out.
    """
    if not record.verified or record.is_binding or not is_about(record, user):
        return False
    if record.type == RecordType.PASSWORD:
        return password_seen(user).items() <= record.data.items()
    if record.type == RecordType.SOCIAL:
        return _is_linked(ProviderAccount.of(record), user, staged)
    if record.type == RecordType.ENTERPRISE_SSO:
        account = ProviderAccount.of(record)
        return is_of_sso(staged, account) or is_synced_sso(staged, account)
    if record.type in _BY_FACTOR:
        return record.factor_id in factor_ids
    return record.claim is None or _has(user, record.claim)


def _is_linked(account: ProviderAccount, user: User, staged: Mapping[str, Any]) -> bool:
    held = user.identities.get(account.target)
    return (held is not None and held["userId"] == account.user.id) or is_of_social(staged, account)


def _has(user: User, claim: Identifier) -> bool:
    held = find_held(user, claim.kind)
    return held is not None and identifier_key(claim.kind, held) == identifier_key(claim.kind, claim.value)
