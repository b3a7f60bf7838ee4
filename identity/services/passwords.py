"""Checking a user's password."""

from common.errors import AppError
from identity.models import User
from identity.passwords import (
    EncryptionMethod,
    find_matching_form,
    hash_password,
    needs_rehash,
    prepare_password,
    run_decoy,
    verify_password,
)

_COMPARED_METHODS = frozenset({EncryptionMethod.ARGON2I, EncryptionMethod.ARGON2ID, EncryptionMethod.ARGON2D})


def verify_user_password(user: User | None, password: str) -> bool:
    """Return whether the password is the user's, in the time one check takes even if there is nothing to check.

    A right password of another format, cost or form is stored again; that is no change of the password, so neither its
    date nor its expiry moves. Whether the user may sign in is the caller's to ask.
    """
    if user is None or user.password_encrypted is None:
        run_decoy(password)
        return False
    encrypted, method = user.password_encrypted, user.password_encryption_method or ""
    matching = find_matching_form(password, encrypted, method)
    if matching is None:
        return False
    if matching != prepare_password(password) or needs_rehash(encrypted, method):
        _store_again(user, password)
    return True


def assert_not_same_password(user: User, password: str) -> None:
    """Raise `user.same_password` if the password is the one the user has; imported digests are not compared."""
    if user.password_encrypted is None or user.password_encryption_method not in _COMPARED_METHODS:
        return
    if verify_password(password, user.password_encrypted, user.password_encryption_method):
        raise AppError("user.same_password")


def _store_again(user: User, password: str) -> None:
    fresh = hash_password(password)
    # Only over the digest that was checked: the password may have been changed meanwhile.
    unchanged = User.objects.filter(id=user.id, password_encrypted=user.password_encrypted)
    if unchanged.update(password_encrypted=fresh.encrypted, password_encryption_method=fresh.method):
        user.password_encrypted, user.password_encryption_method = fresh.encrypted, fresh.method
