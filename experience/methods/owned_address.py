"""Proving that an email address or a phone number is one's own, by a code or a link sent to it."""

from common.errors import AppError
from experience.records import VerificationRecord
from experience.staged_profile import PROFILE_NAMES
from identity.models import User
from identity.selectors import find_user_by_identifier


class OwnedAddressMethod:
    """Whoever receives what was sent owns the address; the account is the one that has it now."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account of the address or number."""
        return find_user_by_identifier(record.identifier.kind, record.identifier.value)

    def profile_of(self, record: VerificationRecord) -> dict[str, str]:
        """Return the address or number as the new account's own."""
        if not record.verified:
            raise AppError("session.verification_failed")
        return {PROFILE_NAMES[record.identifier.kind]: record.identifier.value}
