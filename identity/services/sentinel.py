"""Locking out whoever guesses: every attempt at something guessable is counted by its subject."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import ngettext

from common.actors import Actor
from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from common.shapes import Integer, Members
from events.history import Subject, record
from identity.hot import read_attempts
from identity.identifier_keys import subject_key
from identity.locks import lock
from identity.models import SentinelActivity, User
from identity.selectors import list_users_by_identifiers
from tenants.database.rows import insert
from tenants.rate_limits import TooManyRequestsError

WINDOW = timedelta(hours=1)
# In minutes.
_HOUR, _DAY = 60, 24 * 60
#: How many are unlocked at a time, and how long each may be: an identifier leads to an account by each of its kinds.
MOST_UNLOCKED = 100
MOST_UNLOCKED_LENGTH = 256

Result = SentinelActivity.Result
Decision = SentinelActivity.Decision


class SentinelAction(StrEnum):
    """What is attempted."""

    PASSWORD = "Password"
    VERIFICATION_CODE = "VerificationCode"
    ONE_TIME_TOKEN = "OneTimeToken"
    MFA_TOTP = "MfaTotp"
    WEBAUTHN = "WebAuthn"
    MFA_BACKUP_CODE = "MfaBackupCode"
    MFA_CODE = "MfaVerificationCode"
    DEVICE_CODE = "DeviceCode"


# First factors share one counter; everything else has its own.
_FIRST_FACTORS = (SentinelAction.PASSWORD, SentinelAction.VERIFICATION_CODE, SentinelAction.ONE_TIME_TOKEN)


# `lockoutDuration` is in minutes, a year at most.
SENTINEL_POLICY = Members(
    {
        "maxAttempts": Integer(minimum=1, default=100),
        "lockoutDuration": Integer(minimum=1, maximum=525_600, default=60),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelPolicy:
    """How many failures within an hour lock a subject out, and for how many minutes."""

    max_attempts: int
    lockout_minutes: int

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any] | None) -> "SentinelPolicy":
        """Read the stored `sentinelPolicy`; a key that is missing keeps its default."""
        given = SENTINEL_POLICY.fill(settings)
        return cls(max_attempts=given["maxAttempts"], lockout_minutes=given["lockoutDuration"])


DEFAULT_POLICY = SentinelPolicy.from_settings(None)


@contextmanager
def guard(
    action: SentinelAction,
    target: str,
    policy: SentinelPolicy = DEFAULT_POLICY,
    *,
    kind: str | None = "userId",
    user: User | None = None,
) -> Iterator[None]:
    """Run the block, which verifies something guessable, and count it against `target`.

    The block raises an `AppError` for a failure and does nothing but verify: even when it succeeds, a locked-out
    subject gets `session.verification_blocked_too_many_attempts`. So store what was proven after the block. `target`
    is the identifier as typed, or a user id; `kind` (`email`, `phone`, `username`, `userId`) names it in
    `Identifier.Lockout`, which is not published with `None`, for what identifies nobody. `user` is the account that the
    identifier leads to: an account has one count, whichever of its identifiers was typed, and what leads to none is
    counted by itself, alike. Must not run inside of another transaction: a failure stays counted whatever happens next.
    """
    subject = target if user is None else _account_subject(user)
    try:
        yield
    except TooManyRequestsError:
        # Nothing was verified.
        raise
    except AppError as error:
        # A failure of our own side says nothing about the guess.
        if error.status < 500:
            _assert_allowed(action, subject, policy, kind, target, Result.FAILED)
        raise
    _assert_allowed(action, subject, policy, kind, target, Result.SUCCESS)


@transaction.atomic
def unlock(targets: Iterable[str], *, actor: Actor) -> None:
    """Forget every attempt against these identifiers or user ids and their accounts, and with it the lockouts."""
    given = list(targets)
    accounts = [*list_users_by_identifiers(given), *User.objects.filter(id__in=given)]
    hashes = {_hash(target): Subject("Identifier", _hash(target)) for target in given}
    hashes |= {_hash(_account_subject(user)): Subject.of(user) for user in accounts}
    attempts = SentinelActivity.objects.filter(target_hash__in=hashes)
    counted = set(attempts.values_list("target_hash", flat=True).distinct())
    attempts.delete()
    for target_hash in sorted(counted):
        record("Identifier.Unlocked", actor=actor, subject=hashes[target_hash])


def is_locked_out(user: User) -> bool:
    """Whether some kind of attempt against the account is refused at present. One statement."""
    rows = SentinelActivity.objects.filter(target_hash=_hash(_account_subject(user)), decision=Decision.BLOCKED)
    return rows.filter(decision_expires_at__gt=now()).exists()


def is_blocked(action: SentinelAction, target: str, *, user: User | None) -> bool:
    """Whether the subject that `guard` counts is locked out now, whatever its next attempt is. One statement."""
    moment = now()
    subject = target if user is None else _account_subject(user)
    attempts = read_attempts(_hash(subject), _counted_with(action), moment=moment, since=moment)
    return attempts.blocked_until is not None


def _counted_with(action: SentinelAction) -> tuple[SentinelAction, ...]:
    return _FIRST_FACTORS if action in _FIRST_FACTORS else (action,)


def _assert_allowed(
    action: SentinelAction,
    subject: str,
    policy: SentinelPolicy,
    kind: str | None,
    typed: str,
    result: SentinelActivity.Result,
) -> None:
    blocked_until = _report(action, subject, policy, kind, typed, result)
    if blocked_until is not None:
        raise AppError(
            "session.verification_blocked_too_many_attempts", params={"relative_time": _relative_time(blocked_until)}
        )


def _report(
    action: SentinelAction,
    subject: str,
    policy: SentinelPolicy,
    kind: str | None,
    typed: str,
    result: SentinelActivity.Result,
) -> datetime | None:
    """Store the attempt with what is decided about it and return until when the subject is locked out, if it is."""
    actions = _counted_with(action)
    target_hash = _hash(subject)
    with transaction.atomic(durable=True):
        lock("sentinel", actions[0], target_hash)
        moment = now()
        attempts = read_attempts(target_hash, actions, moment=moment, since=moment - WINDOW)
        blocked_until = attempts.blocked_until
        if blocked_until is None and attempts.failures + (result == Result.FAILED) >= policy.max_attempts:
            blocked_until = moment + timedelta(minutes=policy.lockout_minutes)
            if kind is not None:
                record("Identifier.Lockout", type=kind, data={"value": typed})
        insert(
            SentinelActivity(
                target_hash=target_hash,
                action=action,
                result=result,
                decision=Decision.ALLOWED if blocked_until is None else Decision.BLOCKED,
                decision_expires_at=blocked_until or moment,
                created_at=moment,
            )
        )
    return blocked_until


def _account_subject(user: User) -> str:
    """Return the one identifier under which an account is counted: a spelling that leads nowhere counts with it."""
    return user.username or user.primary_email or user.primary_phone or user.id


def _hash(target: str) -> str:
    # A lone surrogate is no identifier of anybody; it must not fail here.
    return sha256_hex(subject_key(target).encode("utf-8", "replace").decode())


def _in_words(minutes: int) -> str:
    """Name a time to come by its largest unit of which there are two at least, rounded up."""
    if minutes < 2 * _HOUR:
        return ngettext("in %(count)s minute", "in %(count)s minutes", minutes) % {"count": minutes}
    if minutes < 2 * _DAY:
        hours = -(-minutes // _HOUR)
        return ngettext("in %(count)s hour", "in %(count)s hours", hours) % {"count": hours}
    days = -(-minutes // _DAY)
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}


_lazy_in_words = lazy(_in_words, str)


def _relative_time(moment: datetime) -> Any:
    """Return the time until then in the language of whoever reads the message."""
    return _lazy_in_words(max(1, -int((now() - moment) // timedelta(minutes=1))))
