"""The refusal of email addresses that cannot be stored."""

from common.email_addresses import MAX_EMAIL_LENGTH, is_valid_email
from common.errors import AppError


def assert_valid_email(email: str) -> None:
    """Raise `user.invalid_email`, or `entity.value_too_long` for more than 128 characters."""
    if len(email) > MAX_EMAIL_LENGTH:
        raise AppError("entity.value_too_long", data={"message": "primaryEmail"})
    if not is_valid_email(email):
        raise AppError("user.invalid_email")
