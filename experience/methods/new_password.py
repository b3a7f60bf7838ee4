"""A username and a password that a new account is to begin with."""

from typing import Any

from experience.accounts import assert_identifier_free
from experience.records import Identifier, VerificationRecord
from experience.staged_profile import PROFILE_NAMES
from identity.models import User


class NewPasswordMethod:
    """What somebody has chosen proves nothing about accounts that exist."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Nobody: whoever has the username now is somebody else."""
        return None

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """None: the identifier is a username."""
        return []

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Return the username and the hashed password as the new account's own."""
        assert_identifier_free(record.identifier)
        return {PROFILE_NAMES["username"]: record.identifier.value, **record.data}
