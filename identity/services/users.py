"""The life of a user's account. Every write is one transaction that also tells the rooms above."""

from collections.abc import Collection
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from access.models import Role, RoleType
from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.errors import AppError
from connectors.services.delivery_problems import clear_problem
from events.history import record
from identity import hot
from identity.locks import lock_deletions
from identity.models import SocialIdentity, User, UserRole
from identity.passwords import HashedPassword, hash_password, validate_digest
from identity.selectors import compared_addresses, user_info
from identity.services.delivery_problems import forget_left_addresses
from identity.services.trusted_devices import delete_trusted_devices
from identity.user_fields import UserChanges, apply_changes
from tenants.database.conflicts import atomic_with_retries

#: What a user has decided about second factors who was not asked.
NO_DECISIONS: Any = {"mfa": {"enabled": False}}

SUSPENSION = "User.SuspensionStatus.Updated"

_CODE_OF_CONSTRAINT = {
    "user_username": "user.username_already_in_use",
    "user_email": "user.email_already_in_use",
    "user_phone": "user.phone_already_in_use",
}


def create_user(
    *,
    actor: Actor,
    username: str | None = None,
    primary_email: str | None = None,
    primary_phone: str | None = None,
    password: str | None = None,
    hashed_password: HashedPassword | None = None,
    name: str | None = None,
    avatar: str | None = None,
    profile: dict[str, Any] | None = None,
    custom_data: dict[str, Any] | None = None,
    identities: dict[str, Any] | None = None,
    account_settings: dict[str, Any] | None = None,
    application_id: str | None = None,
    cimd_client_id: str | None = None,
) -> User:
    """Create a user, who gets every default role, and publish `User.Created`.

    The user comes through an application, or through a client that is known by the address of its metadata. The
    username policy and the password policy are not enforced here.
    Raises `user.username_already_in_use`, `user.email_already_in_use`, `user.phone_already_in_use`,
    `user.identity_already_in_use`,
    `user.password_and_digest`, the codes of `user_fields.apply_changes` and those of `validate_digest`.
    """
    stored_password = _chosen_password(password, hashed_password)
    user = User(application_id=application_id, cimd_client_id=cimd_client_id, created_at=now())
    changes: UserChanges = {
        "username": username,
        "primary_email": primary_email,
        "primary_phone": primary_phone,
        "name": name,
        "avatar": avatar,
        "profile": profile or {},
        "custom_data": custom_data or {},
        "identities": identities or {},
        "account_settings": NO_DECISIONS if account_settings is None else account_settings,
    }
    apply_changes(user, changes)
    if stored_password:
        _put_password(user, stored_password)
    with transaction.atomic():
        _save(user, force_insert=True)
        if user.identities:
            _save_identities(user)
        _give_default_roles(user)
        announce_user("User.Created", user, actor)
    return user


def update_user(user: User, *, actor: Actor, **changes: Unpack[UserChanges]) -> User:
    """Change a user's fields and publish `User.Data.Updated`; the instance is brought up to date first.

    A field that is not given stays; objects are replaced whole; an empty username, address or number means none.
    Raises `entity.invalid_input` when nothing is given, `entity.not_found`, and the codes of `create_user`.
    """
    if not changes:
        raise AppError("entity.invalid_input")
    with transaction.atomic():
        lock_user(user)
        before = compared_addresses(user)
        columns = apply_changes(user, changes)
        _save(user, update_fields=columns)
        forget_left_addresses(before, user)
        if "identities" in changes:
            _save_identities(user)
        announce_user("User.Data.Updated", user, actor, changed=changes)
    return user


def merge_user_data(
    user: User,
    *,
    actor: Actor,
    profile: dict[str, Any] | None = None,
    custom_data: dict[str, Any] | None = None,
    account_settings: dict[str, Any] | None = None,
) -> User:
    """Merge the given keys into the user's objects, one level deep, and publish `User.Data.Updated`.

    Concurrent merges of different keys all take effect. Raises `entity.invalid_input` when nothing is given,
    `entity.not_found` and `request.invalid_input`.
    """
    given = {"profile": profile, "custom_data": custom_data, "account_settings": account_settings}
    with transaction.atomic():
        lock_user(user)
        merged = {field: {**getattr(user, field), **value} for field, value in given.items() if value is not None}
        return update_user(user, actor=actor, **merged)  # type: ignore[arg-type]


def set_password(
    user: User, *, actor: Actor, password: str | None = None, hashed_password: HashedPassword | None = None
) -> User:
    """Give the user a new password, which also ends its expiry, and publish `User.Data.Updated`.

    Replacing one ends the trust in the user's devices: the old one may be known to somebody who has such a device.
    The policy is the caller's to check. Raises `user.password_and_digest` unless exactly one is given,
    `entity.not_found`, and the codes of `validate_digest`.
    """
    stored_password = _chosen_password(password, hashed_password)
    if stored_password is None:
        raise AppError("user.password_and_digest")
    with transaction.atomic():
        lock_user(user)
        if user.has_password:
            delete_trusted_devices(user, actor=actor, reason="password")
        columns = _put_password(user, stored_password)
        _save(user, update_fields=[*columns, "updated_at"])
        announce_user("User.Data.Updated", user, actor, changed=["password"])
    return user


def set_password_expired(user: User, *, is_expired: bool, actor: Actor) -> User:
    """Make the user choose a new password at the next sign-in, or take that back; publishes `User.Data.Updated`."""
    with transaction.atomic():
        lock_user(user)
        user.is_password_expired = is_expired
        _save(user, update_fields=["is_password_expired", "updated_at"])
        announce_user("User.Data.Updated", user, actor, changed=["is_password_expired"])
    return user


@atomic_with_retries
def set_user_suspended(user: User, *, suspended: bool, actor: Actor) -> User:
    """Shut the user out, or let them in again, and publish `User.SuspensionStatus.Updated`.

    Sessions and tokens end in the same transaction, by the rooms that own them, and so does the trust in devices.
    Raises `entity.not_found`.
    """
    # It deletes the user's sessions and tokens.
    lock_deletions()
    lock_user(user)
    user.is_suspended = suspended
    if suspended:
        delete_trusted_devices(user, actor=actor, reason="suspension")
    _save(user, update_fields=["is_suspended", "updated_at"])
    announce_user(SUSPENSION, user, actor)
    return user


@atomic_with_retries
def delete_user(user: User, *, actor: Actor) -> None:
    """Delete the user with everything that is theirs.

    `User.Deleted` is published before the rows go, so that who ends sessions still finds them. Raises
    `entity.not_found`.
    """
    lock_deletions()
    lock_user(user)
    announce_user("User.Deleted", user, actor)
    for channel, address in compared_addresses(user).items():
        clear_problem(channel, address)
    User.objects.filter(id=user.id).delete()


def mark_signed_in(user: User, *, application_id: str | None = None, cimd_client_id: str | None = None) -> None:
    """Note the sign-in; the first client the user comes through is remembered. One statement, no event."""
    user.last_sign_in_at = now()
    hot.note_sign_in(user.id, moment=user.last_sign_in_at, application_id=application_id, cimd_client_id=cimd_client_id)
    if user.application_id is None and user.cimd_client_id is None:
        user.application_id, user.cimd_client_id = application_id, cimd_client_id


def lock_user(user: User) -> None:
    """Bring the instance up to date and hold its row until the transaction ends. Raises `entity.not_found`."""
    try:
        user.refresh_from_db(from_queryset=User.objects.select_for_update())
    except User.DoesNotExist:
        raise AppError("entity.not_found") from None


def _chosen_password(password: str | None, hashed_password: HashedPassword | None) -> HashedPassword | None:
    if password is not None and hashed_password is not None:
        raise AppError("user.password_and_digest")
    if hashed_password is not None:
        validate_digest(hashed_password.encrypted, hashed_password.method)
        return hashed_password
    return None if password is None else hash_password(password)


def _put_password(user: User, stored: HashedPassword) -> list[str]:
    user.password_encrypted = stored.encrypted
    user.password_encryption_method = stored.method
    user.password_updated_at = now()
    user.is_password_expired = False
    return ["password_encrypted", "password_encryption_method", "password_updated_at", "is_password_expired"]


def _save(user: User, **options: Any) -> None:
    try:
        with transaction.atomic():
            user.save(**options)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        code = _CODE_OF_CONSTRAINT.get(constraint or "")
        if code is None:
            raise
        raise AppError(code) from error


def _save_identities(user: User) -> None:
    """Bring the rows that linked accounts are looked up by in line with `identities`. 1 statement and the changes'."""
    wanted = {target: identity["userId"] for target, identity in user.identities.items()}
    held = {row.target: row for row in SocialIdentity.objects.filter(user=user)}
    gone = [row.id for target, row in held.items() if wanted.get(target) != row.identity_id]
    if gone:
        SocialIdentity.objects.filter(id__in=gone).delete()
    new = [
        SocialIdentity(user=user, target=target, identity_id=identity_id)
        for target, identity_id in wanted.items()
        if target not in held or held[target].id in gone
    ]
    with constraint_errors(social_identity="user.identity_already_in_use"):
        SocialIdentity.objects.bulk_create(new)


def _give_default_roles(user: User) -> None:
    roles = Role.objects.filter(type=RoleType.USER, is_default=True)
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)


def announce_user(event: str, user: User, actor: Actor, *, changed: Collection[str] = ()) -> None:
    """Publish an event of a user, who is told to subscribers as they are now."""
    details: dict[str, Any] = {"changed": sorted(changed)} if changed else {}
    if event == SUSPENSION:
        details["after"] = {"isSuspended": user.is_suspended}
    record(event, actor=actor, subject=user, data={"user": user_info(user)}, **details)
