"""Proving that an email address or a phone number is one's own, by a code or a link sent to it."""

from typing import Any

from common.errors import AppError
from experience.accounts import assert_identifier_free
from experience.records import Identifier, VerificationRecord
from experience.staged_profile import PROFILE_NAMES
from identity.models import User
from identity.selectors import find_user_by_identifier


class OwnedAddressMethod:
    """Whoever receives what was sent owns the address; the account is the one that has it now."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account of the address or number."""
        return find_user_by_identifier(record.identifier.kind, record.identifier.value)

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """Return the address, if it is one."""
        return [record.identifier] if record.identifier.kind == "email" else []

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Return the address or number as the new account's own."""
        if not record.verified:
            raise AppError("session.verification_failed")
        assert_identifier_free(record.identifier)
        return {PROFILE_NAMES[record.identifier.kind]: record.identifier.value}
