"""Counting in process: the token path adds to numbers in memory, and a thread writes them a moment later.

A token costs no statement. What a process has counted is written within `FIGURES_DELAY` seconds, also when it ends; one
that is killed loses what it has counted since. Of a user it writes one row a day: the hundredth token of a day is found
in memory. Each count belongs to the day of its event, whenever it is written.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import DataError, Error, IntegrityError, transaction

from common.clock import now
from events.background_writer import BackgroundWriter
from events.figures import names
from events.figures.statements import write_figures
from tenants.context import current_tenant_id, enter_tenant

# So many users are remembered as written; beyond, their next token of the day tries to write them again.
_MOST_REMEMBERED = 100_000
_RETRY_AFTER = 10.0

_TOKEN_NAMES = {"IdToken": names.ID_TOKENS, "RefreshToken": names.REFRESH_TOKENS}
_SIGN_IN, _REGISTER = "Interaction.SignIn.Submit", "Interaction.Register.Submit"
_PROOF_OF_SIGN_IN, _SUBMITTED = "Interaction.SignIn.Verification.", ".Submit"

logger = logging.getLogger(__name__)

_Day = tuple[str, date]
# Of a tenant: numbers by day and name, and active users by day.
_Waiting = tuple[dict[tuple[date, str], int], dict[date, set[str]]]

_lock = threading.Lock()
_counts: Counter[tuple[str, date, str]] = Counter()
_active: defaultdict[_Day, set[str]] = defaultdict(set)
_remembered: set[tuple[_Day, str]] = set()
_today: date | None = None


def count_tokens(token_types: Iterable[str], *, user_id: str | None, moment: datetime) -> None:
    """Count tokens of these types (contract, `tokenTypes`) that were issued now, and that their user was active.

    Without a user they are a machine's.
    """
    access_token = names.MACHINE_TOKENS if user_id is None else names.USER_TOKENS
    counted = [_TOKEN_NAMES.get(kind, access_token) for kind in token_types]
    _add(current_tenant_id(), moment.date(), counted, user_id=user_id)


def count_activity(user_id: str, *, moment: datetime) -> None:
    """Count that a user was active without a token, once the transaction has committed."""
    tenant_id, day = current_tenant_id(), moment.date()
    transaction.on_commit(lambda: _add(tenant_id, day, (), user_id=user_id))


def count_event(key: str, *, is_error: bool, details: Mapping[str, Any]) -> None:
    """Count an event of the history if it is one of a sign-in, once the transaction has committed."""
    if not key.startswith("Interaction."):
        return
    counted: list[str] = []
    if is_error:
        if key.startswith(_PROOF_OF_SIGN_IN) and key.endswith(_SUBMITTED):
            counted = [names.REFUSED_PROOFS]
    elif key == _SIGN_IN:
        proofs = (details.get("interaction") or {}).get("verificationRecords", ())
        counted = [names.SIGN_INS, *{f"{names.PROOFS}{proof['type']}" for proof in proofs if proof["verified"]}]
    elif key == _REGISTER:
        counted = [names.REGISTRATIONS]
    if counted:
        tenant_id, day = current_tenant_id(), now().date()
        transaction.on_commit(lambda: _add(tenant_id, day, counted))


def _add(tenant_id: str, day: date, counted: Iterable[str], *, user_id: str | None = None) -> None:
    if not settings.FIGURES_DELAY:
        return
    with _lock:
        for name in counted:
            _counts[tenant_id, day, name] += 1
        if user_id is not None and ((tenant_id, day), user_id) not in _remembered:
            if len(_remembered) >= _MOST_REMEMBERED:
                _remembered.clear()
            _remembered.add(((tenant_id, day), user_id))
            _active[tenant_id, day].add(user_id)
    _writer.wake()


def write_counted() -> None:
    """Write what was counted, a transaction a tenant. Raises the database's error; what was not written then waits."""
    with _lock:
        counts, active = _counts.copy(), dict(_active)
        _counts.clear()
        _active.clear()
        _forget_past_days(now().date())
    waiting: defaultdict[str, _Waiting] = defaultdict(lambda: ({}, {}))
    for (tenant_id, day, name), number in counts.items():
        waiting[tenant_id][0][day, name] = number
    for (tenant_id, day), users in active.items():
        waiting[tenant_id][1][day] = users
    try:
        for tenant_id in list(waiting):
            _write(tenant_id, *waiting[tenant_id])
            del waiting[tenant_id]
    except Error:
        _put_back(waiting)
        raise


def _put_back(waiting: Mapping[str, _Waiting]) -> None:
    with _lock:
        for tenant_id, (counts, active) in waiting.items():
            for (day, name), number in counts.items():
                _counts[tenant_id, day, name] += number
            for day, users in active.items():
                _active[tenant_id, day] |= users


def _forget_past_days(today: date) -> None:
    global _today
    if today != _today:
        _today = today
        _remembered.intersection_update([known for known in _remembered if known[0][1] >= today])


def _write(tenant_id: str, counts: dict[tuple[date, str], int], active: dict[date, set[str]]) -> None:
    try:
        with enter_tenant(tenant_id):
            write_figures(counts, active)
    except IntegrityError:
        logger.info("the tenant of some figures was deleted meanwhile")
    except DataError:
        # It would be refused again, and hold up everybody else's.
        logger.exception("figures that the database refuses were dropped")


_writer = BackgroundWriter("figures", write_counted, delay=lambda: settings.FIGURES_DELAY, retry_after=_RETRY_AFTER)
