"""Accounts by what their users sign in with."""

from common.errors import AppError
from experience.records import Identifier
from identity.models import User
from identity.selectors import find_user_by_identifier


def find_account(identifier: Identifier) -> User | None:
    """Return the account that has the identifier, compared as the tenant compares them."""
    return find_user_by_identifier(identifier.kind, identifier.value)


def assert_identifier_free(identifier: Identifier) -> None:
    """Raise `user.<kind>_already_in_use` where an account has the identifier."""
    if find_account(identifier) is not None:
        raise AppError(f"user.{identifier.kind}_already_in_use")
