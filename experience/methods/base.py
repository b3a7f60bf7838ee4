"""What a way to prove who one is has to offer."""

from typing import Any, Protocol

from experience.records import Identifier, VerificationRecord
from identity.models import User


class VerificationMethod(Protocol):
    """How a finished proof leads to an account, existing or new."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account that the proof is about; `None` if there is none."""
        ...

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """Return the email addresses that the proof brings along: a tenant may refuse some."""
        ...

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Return the profile with which a new account begins.

        Raises `session.verification_failed` if none can begin so, `user.*_already_in_use` if one has.
        """
        ...
