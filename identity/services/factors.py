"""A user's factors, whatever their kind: list, show, create for a user, replace, rename, remove."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.actors import Actor
from common.clock import now, to_iso
from common.errors import AppError, invalid_value
from common.shapes import validate
from identity.factor_types import FactorType
from identity.factors import FACTOR_KINDS
from identity.factors.changes import announce_change, announce_renaming, hold_user
from identity.factors.totp.codes import find_step
from identity.factors.totp.service import bind_totp
from identity.factors.webauthn.service import MAX_NAME
from identity.identifier_keys import is_storable
from identity.models import Factor, User
from identity.selectors import find_factor, find_factor_of_type, has_mfa_factor, list_factors
from identity.services.trusted_devices import delete_trusted_devices
from tenants.database.conflicts import atomic_with_retries
from tenants.database.rows import delete

__all__ = [
    "create_factor",
    "is_usable",
    "list_factors",
    "remove_factor",
    "rename_factor",
    "replace_totp",
    "represent_factor",
]


def represent_factor(factor: Factor) -> dict[str, Any]:
    """Return a factor as it stands on the wire: nothing secret in it."""
    described = FACTOR_KINDS[FactorType(factor.type)].describe(factor)
    return {"id": factor.id, "createdAt": to_iso(factor.created_at), "type": factor.type, **described}


def is_usable(factor: Factor) -> bool:
    """Whether the user can still prove something by a factor: a set of backup codes may be used up."""
    return FACTOR_KINDS[FactorType(factor.type)].is_usable(factor)


def create_factor(user: User, values: Mapping[str, Any], *, issuer: str, actor: Actor) -> dict[str, Any]:
    """Set up a factor for a user, as a developer may, and return what is shown once; the user is told.

    `values` has the `type` and what that kind takes; `issuer` is the tenant's host name. Raises `guard.invalid_input`
    for a type that only the user can set up, and the codes of the kind.
    """
    given = values.get("type") if isinstance(values, Mapping) else None
    kind = next((kind for kind in FACTOR_KINDS.values() if kind.type.value == given), None)
    if kind is None or kind.creation is None:
        raise invalid_value(
            "type", _("A factor of this type cannot be created here."), code="invalid_union_discriminator"
        )
    created = kind.create(user, validate(kind.creation, values), issuer=issuer, actor=actor)
    return {"type": kind.type.value, **created}


@atomic_with_retries
def replace_totp(user: User, *, secret: str, code: str, actor: Actor) -> Factor:
    """Set up an authenticator app that a code has just proved, in the place of the one before, and tell the user.

    If there was one, the trust in devices ends with it. Raises `user.totp_secret_invalid`,
    `session.mfa.invalid_totp_code` and `entity.not_found`.
    """
    step = find_step(secret, code, moment=now())
    if step is None:
        raise AppError("session.mfa.invalid_totp_code")
    had_one = find_factor_of_type(hold_user(user), FactorType.TOTP) is not None
    factor = bind_totp(user, secret=secret, step=step, replace=True, actor=actor)
    if had_one:
        delete_trusted_devices(user, actor=actor, reason="factor")
    return factor


@atomic_with_retries
def remove_factor(user: User, *, factor_id: str, actor: Actor) -> None:
    """Take a factor from an account and tell the user. Raises `entity.not_found`.

    The trust in devices ends: it may rest on the factor that is gone, perhaps because somebody else has it.

    With the last authenticator app or passkey the backup codes go, too: alone they would ask somebody for codes that
    may be lost, until they are locked out.
    """
    held = hold_user(user)
    factor = _get(held, factor_id)
    delete(factor)
    removed = [factor]
    if not has_mfa_factor(held) and (codes := find_factor_of_type(held, FactorType.BACKUP_CODE)):
        delete(codes)
        removed.append(codes)
    delete_trusted_devices(held, actor=actor, reason="factor")
    announce_change(held, removed=removed, actor=actor)


@transaction.atomic
def rename_factor(user: User, *, factor_id: str, name: str, actor: Actor) -> Factor:
    """Give a passkey another name; an empty one is refused.

    Raises `entity.not_found`, also for a factor of another kind, `entity.invalid_input` and `entity.value_too_long`.
    """
    name = name.strip()
    if not name or not is_storable(name):
        raise AppError("entity.invalid_input")
    if len(name) > MAX_NAME:
        raise AppError("entity.value_too_long")
    factor = _get(hold_user(user), factor_id)
    if factor.type != FactorType.WEBAUTHN:
        raise AppError("entity.not_found")
    factor.name = name
    factor.save(update_fields=["name"])
    announce_renaming(user, factor, actor=actor)
    return factor


def _get(user: User, factor_id: str) -> Factor:
    factor = find_factor(user, factor_id)
    if factor is None:
        raise AppError("entity.not_found")
    return factor
