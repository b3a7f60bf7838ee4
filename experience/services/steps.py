"""One step of a journey: locked, whole or not at all, and named in the audit log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from typing import Any

from common.errors import AppError
from common.request_context import note_journey_event
from events.history import entries_undone_on_error, record
from events.transactions import one_transaction, part
from experience.actions.configuration import ActionType, find_action
from experience.models import Interaction
from experience.records import CODE_RECORDS, RecordType, VerificationRecord
from experience.restrictions import SignInRestrictedError
from oidc.authorization.pending import lock_request
from tenants.database import rows
from tenants.rate_limits import Kind, throttle

#: In `Interaction.context`: where a finished journey leads.
FINISHED = "finished"
#: In `Interaction.context` of a finished journey: when the password that was given expires, if that is soon.
PASSWORD_EXPIRES = "passwordExpires"
#: In `Interaction.context`: the id of the session that the journey adds a second factor to (`step_up`).
STRENGTHENS = "strengthens"

# What a step may change; the request never does.
_STATE = ("event", "user", "records", "profile", "context")
_ATTRIBUTES = ("event", "user_id", "records", "profile", "context")

# Of `signInContext`: what every entry has as its own.
_OF_EACH_STEP = frozenset({"ip", "userAgent"})

# The interactions that the transaction of `steps_together` holds: locked, read, and not written yet.
_held: ContextVar[list[Interaction] | None] = ContextVar("held_interactions", default=None)


@contextmanager
def steps_together() -> Iterator[None]:
    """Run several steps in one transaction: the row is locked, read and written once, the audit entries at once.

    A step that is refused takes back what it has changed, and no more: the steps before it are committed, as if each
    had been alone, and then the refusal is raised. Check passwords and codes before: do nothing slow inside. In a
    tenant with an Action at the end of sign-ins each step has its own transaction: that script runs outside of any.
    """
    if find_action(ActionType.POST_SIGN_IN) is not None:
        yield
        return
    held: list[Interaction] = []

    def write() -> None:
        for interaction in held:
            _write(interaction)

    token = _held.set(held)
    try:
        with one_transaction(before_commit=write):
            yield
    finally:
        _held.reset(token)


@contextmanager
def failures_recorded(interaction: Interaction, key: str, **details: Any) -> Iterator[dict[str, Any]]:
    """Write `Interaction.<event>.<key>` with the error if the block fails, outside of what it rolled back.

    The block may add to the details that it gets, as whose account it was (`user_id`).
    """
    try:
        yield details
    except AppError as error:
        record_step(interaction, key, error, **details)
        raise


@contextmanager
def step(
    interaction: Interaction, key: str, *, keeps_refusals: bool = False, only_journey: bool = False, **details: Any
) -> Iterator[None]:
    """Lock the row, refresh `interaction` from it, run the block, and save what it changed.

    Steps of one interaction run one after the other, and are counted. Raises `TooManyRequestsError`, and
    `session.interaction_not_found` where the journey is finished or gone. Do nothing slow inside: no hashing, no HTTP.
    With `keeps_refusals` what the block's services have committed before an `AppError`, such as the event of a refusal,
    stays. With `only_journey` the block writes nothing but the interaction: `steps_together` needs no savepoint for it.
    """
    refusal = None
    with failures_recorded(interaction, key, **details):
        with _alone() if only_journey else part():
            lock(interaction)
            if FINISHED in interaction.context:
                raise AppError("session.interaction_not_found")
            try:
                with _undone_on_error(interaction):
                    yield
            except AppError as error:
                if not keeps_refusals:
                    raise
                refusal = error
            else:
                save(interaction)
                record_step(interaction, key, None, **details)
        if refusal is not None:
            raise refusal


@contextmanager
def _alone() -> Iterator[None]:
    """Run a step that writes nothing but the interaction: in a transaction if there is none.

    `steps_together` writes the interaction at its end, so that a refusal has nothing to take back from the database.
    """
    if _held.get() is not None:
        with entries_undone_on_error():
            yield
    else:
        with part():
            yield


def lock_journey(interaction: Interaction) -> None:
    """Lock the authorization request and the interaction, in this order; raises what `lock_request` and `lock` do."""
    if not _is_in(_held.get() or (), interaction):
        lock_request(interaction.request_id)
        lock(interaction)


def lock(interaction: Interaction) -> None:
    """Lock the row until the transaction ends and refresh `interaction` from it."""
    held = _held.get()
    if held is not None:
        if _is_in(held, interaction):
            return
        # As whoever ends the journey does first, which may be the last of these steps.
        lock_request(interaction.request_id)
    if not rows.refresh(interaction, lock="FOR UPDATE"):
        raise AppError("session.interaction_not_found")
    # A check has perhaps read the user before the lock, who may have changed meanwhile.
    if Interaction.user.is_cached(interaction):
        Interaction.user.field.delete_cached_value(interaction)
    note_journey_event(interaction.event)
    if held is not None:
        held.append(interaction)


def has_just_read_user(interaction: Interaction) -> bool:
    """Whether a step of `steps_together` has read the user in this transaction."""
    return _is_in(_held.get() or (), interaction) and Interaction.user.is_cached(interaction)


def hold(interaction: Interaction) -> None:
    """Write a row that is new or has been locked: now, or at the end of `steps_together`."""
    held = _held.get()
    if held is None:
        _write(interaction)
    elif not _is_in(held, interaction):
        held.append(interaction)


def save(interaction: Interaction) -> None:
    """Write the state of a locked row; at the end of `steps_together`, if they run in one transaction."""
    if not _is_in(_held.get() or (), interaction):
        _write(interaction)


def _write(interaction: Interaction) -> None:
    if interaction._state.adding:
        rows.insert(interaction)
    else:
        rows.save(interaction, *_STATE, "updated_at")


def _is_in(held: Sequence[Interaction], interaction: Interaction) -> bool:
    return any(each is interaction for each in held)


@contextmanager
def _undone_on_error(interaction: Interaction) -> Iterator[None]:
    """Put the state back that a refused step has changed: it may be written later, with that of other steps."""
    state = {name: deepcopy(getattr(interaction, name)) for name in _ATTRIBUTES}
    try:
        yield
    except AppError:
        for name, value in state.items():
            setattr(interaction, name, value)
        raise


def record_step(
    interaction: Interaction,
    key: str,
    error: AppError | None,
    *,
    hook: str | None = None,
    user_id: str | None = None,
    **details: Any,
) -> None:
    """Write `Interaction.<event>.<key>` into the audit log; `hook` is what webhooks are told of it, if anything.

    `user_id` is whose account was tried while the journey is nobody's yet.
    """
    # A journey has as many steps as the browser likes, and each is an entry.
    throttle(Kind.STEP)
    user_id = interaction.user_id or user_id
    if isinstance(error, SignInRestrictedError):
        # Nobody has entered the account, and its owner may ask why.
        user_id, details = error.user_id or user_id, {**details, "restriction": error.reason.value}
    record(
        f"Interaction.{interaction.event}.{key}",
        user_id=user_id,
        application_id=interaction.request.client_id,
        error=error,
        hook=hook,
        interactionId=interaction.request_id,
        **told_signals(interaction),
        **details,
    )


def told_signals(interaction: Interaction) -> dict[str, Any]:
    """Return `signInContext` as entries of a journey have it: the place and the bot score it began with, if known.

    The network and the browser are those of each step.
    """
    context = interaction.context.get("signInContext", {})
    signals = {name: value for name, value in context.items() if name not in _OF_EACH_STEP}
    return {"signInContext": signals} if signals else {}


def put_record(interaction: Interaction, record: VerificationRecord) -> None:
    """Keep a record; it takes the place of one of its type, but what sets a factor up not of what verifies with one."""
    others = [
        stored
        for stored in interaction.records
        if stored["type"] != record.type or VerificationRecord.load(stored).is_binding is not record.is_binding
    ]
    interaction.records = [*others, record.dump()]


def read_records(interaction: Interaction) -> list[VerificationRecord]:
    """Return everything that has been claimed and proved."""
    return [VerificationRecord.load(stored) for stored in interaction.records]


def get_record(
    interaction: Interaction, verification_id: str, *, record_type: RecordType | None = None
) -> VerificationRecord:
    """Return one of this interaction's records; raises `session.verification_session_not_found`."""
    for stored in interaction.records:
        if stored["id"] == verification_id and record_type in (None, stored["type"]):
            return VerificationRecord.load(stored)
    raise AppError("session.verification_session_not_found")


def get_code_record(interaction: Interaction, verification_id: str, *, channel: str) -> VerificationRecord:
    """Return a code's record by its id and channel; raises `session.verification_session_not_found`."""
    return get_record(interaction, verification_id, record_type=CODE_RECORDS[channel])
