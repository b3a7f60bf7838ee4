"""One step of a journey: locked, whole or not at all, and named in the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from common.errors import AppError
from events.history import record
from experience.models import Interaction
from experience.records import CODE_RECORDS, RecordType, VerificationRecord
from tenants.database import rows
from tenants.rate_limits import Kind, throttle

#: In `Interaction.context`: where a finished journey leads.
FINISHED = "finished"

# What a step may change; the request never does.
_STATE = ("event", "user", "records", "profile", "context")


@contextmanager
def failures_recorded(interaction: Interaction, key: str, **details: Any) -> Iterator[None]:
    """Write `Interaction.<event>.<key>` with the error if the block fails, outside of what it rolled back."""
    try:
        yield
    except AppError as error:
        _record(interaction, key, error, details)
        raise


@contextmanager
def step(interaction: Interaction, key: str, *, keeps_refusals: bool = False, **details: Any) -> Iterator[None]:
    """Lock the row, refresh `interaction` from it, run the block, and save what it changed.

    Steps of one interaction run one after the other, and are counted. Raises `TooManyRequestsError`, and
    `session.interaction_not_found` where the journey is finished or gone. Do nothing slow inside: no hashing, no HTTP.
    With `keeps_refusals` what the block's services have committed before an `AppError`, such as the event of a refusal,
    stays.
    """
    refusal = None
    with failures_recorded(interaction, key, **details):
        with transaction.atomic():
            lock(interaction)
            if FINISHED in interaction.context:
                raise AppError("session.interaction_not_found")
            try:
                yield
            except AppError as error:
                if not keeps_refusals:
                    raise
                refusal = error
            else:
                save(interaction)
                _record(interaction, key, None, details)
        if refusal is not None:
            raise refusal


def lock(interaction: Interaction) -> None:
    """Lock the row until the transaction ends and refresh `interaction` from it."""
    if not rows.refresh(interaction, lock="FOR UPDATE"):
        raise AppError("session.interaction_not_found")


def save(interaction: Interaction) -> None:
    """Write the state of a locked row."""
    rows.save(interaction, *_STATE, "updated_at")


def _record(interaction: Interaction, key: str, error: AppError | None, details: dict[str, Any]) -> None:
    # A journey has as many steps as the browser likes, and each is an entry.
    throttle(Kind.STEP)
    record(
        f"Interaction.{interaction.event}.{key}",
        user_id=interaction.user_id,
        application_id=interaction.request.client_id,
        error=error,
        interactionId=interaction.request_id,
        **details,
    )


def put_record(interaction: Interaction, record: VerificationRecord) -> None:
    """Keep a record; it takes the place of one of its type."""
    others = [stored for stored in interaction.records if stored["type"] != record.type]
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
