"""Signing in with a passkey, which knows whose it is."""

from typing import Any

from common.errors import AppError
from experience.records import Identifier, VerificationRecord
from identity.models import User
from identity.selectors import find_user


class PasskeyMethod:
    """The passkey of an existing account. A new account does not begin with one."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account whose passkey has answered; `None` for one that has not, or an account that is gone."""
        return find_user(record.user_id) if record.verified else None

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """A passkey brings none along."""
        return []

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """A passkey says nothing about a person: raises `session.verification_failed`."""
        raise AppError("session.verification_failed")
