"""Personal access tokens are made, renamed and taken away."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_secret
from events.history import record
from identity.models import PersonalAccessToken, User
from identity.selectors import get_personal_access_token

VALUE_PREFIX = "pat_"

_NAME_TAKEN = "user.personal_access_token_name_exists"


class NewPersonalAccessToken(NamedTuple):
    """A token with its value, which nobody can read again."""

    token: PersonalAccessToken
    value: str


def create_personal_access_token(
    user: User, *, name: str, expires_at: datetime | None = None, actor: Actor
) -> NewPersonalAccessToken:
    """Give a user another token; without `expires_at` it never expires.

    Raises `user.personal_access_token_name_exists`, `request.invalid_input` for an expiry in the past, and
    `entity.not_found` for a user deleted meanwhile.
    """
    if expires_at is not None and expires_at <= now():
        raise AppError("request.invalid_input")
    value = VALUE_PREFIX + new_secret()
    # The outermost block: the reference to the user is checked when it commits.
    with constraint_errors(
        personal_access_token_name=_NAME_TAKEN,
        identity_personalaccesstoken_user_id_in_tenant="entity.not_found",
    ):
        token = PersonalAccessToken.objects.create(
            user=user, name=name, value_sha256=sha256_hex(value), created_at=now(), expires_at=expires_at
        )
        record("PersonalAccessToken.Created", actor=actor, subject=token, user_id=user.id)
    return NewPersonalAccessToken(token, value)


@transaction.atomic
def rename_personal_access_token(user: User, *, name: str, new_name: str, actor: Actor) -> PersonalAccessToken:
    """Rename a token. Raises `entity.not_exists` and `user.personal_access_token_name_exists`."""
    token = get_personal_access_token(user, name)
    token.name = new_name
    with constraint_errors(personal_access_token_name=_NAME_TAKEN):
        token.save(update_fields=["name"])
    record(
        "PersonalAccessToken.Updated",
        actor=actor,
        subject=token,
        user_id=user.id,
        before={"name": name},
        after={"name": new_name},
    )
    return token


@transaction.atomic
def delete_personal_access_token(user: User, *, name: str, actor: Actor) -> None:
    """Take a token away: it is worth nothing from now on. Raises `entity.not_found`."""
    token = get_personal_access_token(user, name, code="entity.not_found")
    record("PersonalAccessToken.Deleted", actor=actor, subject=token, user_id=user.id)
    token.delete()
