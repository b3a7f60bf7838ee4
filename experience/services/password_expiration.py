"""Making a user choose a new password, where the tenant lets passwords expire."""

from common.actors import Actor
from common.errors import AppError
from experience.services.settings import get_sign_in_experience
from identity.models import User
from identity.services.users import set_password_expired


def expire_password(user: User, *, is_expired: bool, actor: Actor) -> User:
    """Mark a user's password as expired, or take the mark back.

    Raises `sign_in_experiences.password_expiration_not_enabled` where passwords do not expire.
    """
    if get_sign_in_experience().password_expiration.valid_for is None:
        raise AppError("sign_in_experiences.password_expiration_not_enabled")
    return set_password_expired(user, is_expired=is_expired, actor=actor)
