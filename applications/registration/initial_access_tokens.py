"""Developers permit clients to register: initial access tokens (RFC 7591 section 3)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from applications.models import InitialAccessToken
from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_token
from events.history import record


def list_initial_access_tokens() -> QuerySet[InitialAccessToken]:
    """Return the tenant's, the latest first, expired ones too."""
    return InitialAccessToken.objects.order_by("-created_at", "-id")


def is_initial_access_token(value: str) -> bool:
    """Whether a value is a token that is good now. 1 statement."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now())
    return InitialAccessToken.objects.filter(unexpired, value_sha256=sha256_hex(value)).exists()


@transaction.atomic
def create_initial_access_token(
    *, name: str, expires_at: datetime | None = None, actor: Actor
) -> tuple[InitialAccessToken, str]:
    """Return a new token and its value, which nobody is shown again.

    Raises `request.invalid_input` for an expiry in the past, and `entity.unique_integrity_violation` for a name that
    is taken.
    """
    if expires_at is not None and expires_at <= now():
        raise AppError("request.invalid_input")
    value = new_token()
    with constraint_errors(initial_access_token_name="entity.unique_integrity_violation"):
        token = InitialAccessToken.objects.create(
            name=name, value_sha256=sha256_hex(value), created_at=now(), expires_at=expires_at
        )
    _record("Created", token, actor)
    return token, value


@transaction.atomic
def delete_initial_access_token(token_id: str, *, actor: Actor) -> None:
    """Remove a token: nobody registers with it any more. Raises `entity.not_found`."""
    token = InitialAccessToken.objects.filter(id=token_id).first()
    if token is None:
        raise AppError("entity.not_found")
    _record("Deleted", token, actor)
    token.delete()


def _record(what: str, token: InitialAccessToken, actor: Actor) -> None:
    record(f"InitialAccessToken.{what}", actor=actor, subject=token, name=token.name)
