"""One-time tokens are made, checked, used up and withdrawn."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import sha256_hex
from common.email_addresses import with_canonical_domain
from common.errors import AppError
from common.ids import new_secret
from events.history import Subject, record
from identity.identifier_keys import is_storable
from identity.identifiers import assert_valid_email
from identity.models import OneTimeToken
from identity.selectors import find_one_time_token

DEFAULT_LIFETIME = 600

Status = OneTimeToken.Status

_REFUSALS = {
    Status.EXPIRED: "one_time_token.token_expired",
    Status.CONSUMED: "one_time_token.token_consumed",
    Status.REVOKED: "one_time_token.token_revoked",
}


class NewOneTimeToken(NamedTuple):
    """A token with its value, which nobody can read again."""

    token: OneTimeToken
    value: str


@transaction.atomic
def create_one_time_token(
    *,
    email: str,
    context: Mapping[str, Any] | None = None,
    expires_in: int = DEFAULT_LIFETIME,
    actor: Actor,
) -> NewOneTimeToken:
    """Make a token that proves an email address once within `expires_in` seconds.

    Whoever has it signs in as the address's owner: the caller sees to it that only the owner gets it. `context` may
    name the one `interactionEvent` that it is for and `jitOrganizationIds`, organizations that its user then joins.
    Records `OneTimeToken.Create`. Raises `user.invalid_email` and `entity.value_too_long`.
    """
    assert_valid_email(email)
    value, moment = new_secret(), now()
    token = OneTimeToken.objects.create(
        email=email,
        token_sha256=sha256_hex(value),
        context=dict(context or {}),
        created_at=moment,
        expires_at=moment + timedelta(seconds=expires_in),
    )
    _record("OneTimeToken.Create", token.id, actor, email=email)
    return NewOneTimeToken(token, value)


def check_one_time_token(value: str, *, email: str, event: str | None = None, lock: bool = False) -> OneTimeToken:
    """Return the token if it could be used now, for `event` if one is given. One statement; nothing is used up.

    With `lock` it is held until the transaction ends. Raises `one_time_token.token_not_found`, `.email_mismatch` (the
    local part is compared as it stands, the domain as DNS sees it), `.token_expired`, `.token_consumed`,
    `.token_revoked` and `.interaction_event_mismatch`.
    """
    token = find_one_time_token(value, lock=lock)
    if token is None:
        raise AppError("one_time_token.token_not_found")
    if not _is_same_address(token.email, email):
        raise AppError("one_time_token.email_mismatch")
    moment = now()
    # A token says first that its time is over, then what was done to it.
    status = Status.EXPIRED if token.expires_at <= moment else token.status_at(moment)
    if status in _REFUSALS:
        raise AppError(_REFUSALS[status])
    assert_made_for(event, token.context)
    return token


def assert_made_for(event: str | None, context: Mapping[str, Any]) -> None:
    """Raise `one_time_token.interaction_event_mismatch` if a token's context names another event."""
    only = context.get("interactionEvent")
    if event is not None and only is not None and only != event:
        raise AppError("one_time_token.interaction_event_mismatch")


@transaction.atomic
def consume_one_time_token(value: str, *, email: str, event: str | None = None) -> OneTimeToken:
    """Use the token up and return it: of several at once, one gets it. Raises as `check_one_time_token`."""
    token = check_one_time_token(value, email=email, event=event, lock=True)
    token.status = Status.CONSUMED
    token.save(update_fields=["status"])
    return token


def has_used_one_time_token(value: str, *, email: str) -> bool:
    """Whether this token signed the owner of this address in once, however long ago. One statement."""
    token = find_one_time_token(value)
    return token is not None and _is_same_address(token.email, email) and token.status == Status.CONSUMED


@transaction.atomic
def set_one_time_token_status(token: OneTimeToken, *, status: str, actor: Actor) -> OneTimeToken:
    """Mark a token revoked, consumed or expired: it is worth nothing from now on. Records `OneTimeToken.Update`.

    Raises `one_time_token.cannot_reactivate_token`, and `entity.not_exists_with_id` for one deleted meanwhile.
    """
    if status == Status.ACTIVE:
        raise AppError("one_time_token.cannot_reactivate_token")
    if not OneTimeToken.objects.filter(id=token.id).update(status=Status(status)):
        raise AppError("entity.not_exists_with_id")
    token.status = Status(status)
    _record("OneTimeToken.Update", token.id, actor, status=status)
    return token


@transaction.atomic
def delete_one_time_token(token_id: str, *, actor: Actor) -> None:
    """Delete a token: it is worth nothing from now on. Records `OneTimeToken.Delete`. Raises `entity.not_found`."""
    if not is_storable(token_id) or not OneTimeToken.objects.filter(id=token_id).delete()[0]:
        raise AppError("entity.not_found")
    _record("OneTimeToken.Delete", token_id, actor)


def _is_same_address(email: str, other: str) -> bool:
    return with_canonical_domain(email) == with_canonical_domain(other)


def _record(key: str, token_id: str, actor: Actor, **details: Any) -> None:
    record(key, actor=actor, subject=Subject("OneTimeToken", token_id), oneTimeTokenId=token_id, **details)
