"""Sets of backup codes of users: give out a set, replace it, spend a code."""

from collections.abc import Sequence

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from identity import hot
from identity.factor_types import FactorType
from identity.factors.backup_codes.codes import candidate_hashes
from identity.factors.changes import announce_change, hold_user
from identity.models import Factor, User
from identity.selectors import find_factor_of_type
from tenants.database.conflicts import atomic_with_retries
from tenants.database.rows import delete


def remaining_codes(factor: Factor) -> int:
    """Return how many codes of a set are unused."""
    return sum(used_at is None for used_at in factor.details["codes"].values())


@atomic_with_retries
def bind_backup_codes(user: User, *, hashes: Sequence[str], replace: bool = False, actor: Actor) -> Factor:
    """Give a user a set of codes, by the digests of `hash_codes`, and tell them.

    A set of which every code is used counts as none. With `replace` unused codes go, too; without it they are in the
    way. Whether the user has another factor next to them is the caller's to check: some follow from the sign-in
    settings. Raises `user.backup_code_already_in_use` and `entity.not_found`.
    """
    held = hold_user(user)
    old = find_factor_of_type(held, FactorType.BACKUP_CODE)
    if old is not None:
        if remaining_codes(old) and not replace:
            raise AppError("user.backup_code_already_in_use")
        delete(old)
    factor = new_backup_codes(held, hashes=hashes)
    factor.save(force_insert=True)
    announce_change(held, added=[factor], removed=[] if old is None else [old], actor=actor)
    return factor


def new_backup_codes(user: User, *, hashes: Sequence[str]) -> Factor:
    """Return a set of codes, by their digests, that is not stored yet."""
    codes = dict.fromkeys(hashes)
    return Factor(user=user, type=FactorType.BACKUP_CODE, details={"codes": codes}, created_at=now())


def use_backup_code(user: User, *, code: str) -> Factor:
    """Spend a backup code and return the set, with what is left of it.

    Of concurrent submissions of one code one succeeds: one atomic statement marks it, only if it is unused. Raises
    `session.mfa.invalid_backup_code`, also for a used code and for a user without any. Must not run inside of another
    transaction: a used code stays used whatever happens next.
    """
    factor = find_factor_of_type(user, FactorType.BACKUP_CODE)
    hashes = candidate_hashes(user.id, code)
    if factor is None or not hashes:
        raise AppError("session.mfa.invalid_backup_code")
    moment = now()
    with transaction.atomic(durable=True):
        details = hot.spend_backup_code(factor.id, hashes, moment=moment)
    if details is None:
        raise AppError("session.mfa.invalid_backup_code")
    factor.details, factor.last_used_at = details, moment
    return factor
