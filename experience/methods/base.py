"""What a way to prove who one is has to offer."""

from typing import Protocol

from experience.records import VerificationRecord
from identity.models import User


class VerificationMethod(Protocol):
    """How a finished proof leads to an account, existing or new."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account that the proof is about; `None` if there is none."""
        ...

    def profile_of(self, record: VerificationRecord) -> dict[str, str]:
        """Return the profile with which a new account begins; raises `session.verification_failed` if it cannot."""
        ...
