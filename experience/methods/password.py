"""Signing in with an identifier and a password."""

from datetime import datetime
from typing import Any

from common.clock import now
from common.errors import AppError
from experience.password_expiration import PasswordExpiration
from experience.records import Identifier, VerificationRecord
from identity.models import User
from identity.selectors import find_user
from identity.services.passwords import verify_user_password


class PasswordMethod:
    """The password of an existing account. A new account does not begin with one."""

    def verify(self, user: User | None, password: str) -> User:
        """Return the account if the password is its own.

        Raises `session.invalid_credentials` whether the account, its password or the match is missing, after the same
        time; `user.suspended` only to who knows the password.
        """
        if not verify_user_password(user, password) or user is None:
            raise AppError("session.invalid_credentials")
        if user.is_suspended:
            raise AppError("user.suspended")
        return user

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account whose password was given, whoever holds its identifier now."""
        return find_user(record.user_id)

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """The identifier that the password was given for, if it is an address."""
        return [record.identifier] if record.identifier.kind == "email" else []

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Refuse: who knows a password has an account."""
        raise AppError("session.verification_failed")


def assert_password_current(user: User, expiration: PasswordExpiration) -> None:
    """Raise `password.expired` where the password was marked so, or is older than the tenant allows."""
    if expiration.valid_for is None:
        return
    if user.is_password_expired or now() >= expiration.ends_at(user, expiration.valid_for):
        raise AppError("password.expired")


def find_expiry_to_announce(user: User, expiration: PasswordExpiration) -> datetime | None:
    """Return when the user's password expires if that is near enough to be told of, else `None`."""
    if expiration.valid_for is None or not user.has_password:
        return None
    ends_at = expiration.ends_at(user, expiration.valid_for)
    return ends_at if now() >= ends_at - expiration.reminder else None
