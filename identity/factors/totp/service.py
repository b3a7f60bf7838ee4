"""Authenticator apps of users: set one up, replace it, spend its codes."""

from common.actors import Actor
from common.clock import now
from common.crypto import seal, unseal
from common.errors import AppError
from common.ids import new_id
from identity.factor_types import FactorType
from identity.factors.changes import announce_change, hold_user
from identity.factors.totp.codes import find_step, read_secret
from identity.models import Factor, User
from identity.selectors import find_factor_of_type
from tenants.database.conflicts import atomic_with_retries
from tenants.database.rows import delete, save

_UNNAMED = "Unnamed User"


def account_name(user: User) -> str:
    """Return what an authenticator app calls the account."""
    return user.name or user.primary_email or user.primary_phone or user.username or _UNNAMED


@atomic_with_retries
def bind_totp(user: User, *, secret: str, step: int = 0, replace: bool = False, actor: Actor) -> Factor:
    """Set up the user's authenticator app and tell them.

    `step` is the time step of the code that has just proved it: that code is spent. With `replace` the app that is set
    up already goes; without it that is refused. Raises `user.totp_secret_invalid`, `user.totp_already_in_use` and
    `entity.not_found`.
    """
    read_secret(secret)
    held = hold_user(user)
    old = find_factor_of_type(held, FactorType.TOTP)
    if old is not None:
        if not replace:
            raise AppError("user.totp_already_in_use")
        delete(old)
    factor = new_totp(held, secret=secret, step=step)
    factor.save(force_insert=True)
    announce_change(held, added=[factor], removed=[] if old is None else [old], actor=actor)
    return factor


def new_totp(user: User, *, secret: str, step: int = 0) -> Factor:
    """Return an authenticator app that is not stored yet. Raises `user.totp_secret_invalid`."""
    read_secret(secret)
    factor_id = new_id()
    return Factor(
        id=factor_id,
        user=user,
        type=FactorType.TOTP,
        sealed_secret=seal(secret, context=_context(factor_id)),
        counter=step,
        created_at=now(),
    )


def reveal_totp_secret(factor: Factor) -> str:
    """Return the secret of an authenticator app: whoever has it makes the codes."""
    return unseal(factor.sealed_secret or b"", context=_context(factor.id))


def verify_totp(user: User, *, code: str) -> Factor:
    """Spend a code of the user's authenticator app and return the factor.

    A code is good once: its time step, and every older one, is spent by one atomic statement, so that of concurrent
    submissions one succeeds (RFC 6238 section 5.2). Raises `session.mfa.invalid_totp_code`, also if no app is set up.
    Must not run inside of a transaction, which could take that back; `sentinel.guard`, which counts it, refuses to.
    """
    factor = find_factor_of_type(user, FactorType.TOTP)
    if factor is None:
        raise AppError("session.mfa.invalid_totp_code")
    moment = now()
    step = find_step(reveal_totp_secret(factor), code, moment=moment)
    if step is None:
        raise AppError("session.mfa.invalid_totp_code")
    factor.counter, factor.last_used_at = step, moment
    # One statement: its own transaction.
    if not save(factor, "counter", "last_used_at", where="r.counter < %s", parameters=[step]):
        raise AppError("session.mfa.invalid_totp_code")
    return factor


def _context(factor_id: str) -> str:
    """Each secret is sealed for its row: it opens in no other one."""
    return f"identity.factor.{factor_id}"
