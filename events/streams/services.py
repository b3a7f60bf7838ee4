"""A tenant's streams are made, changed, tested, resumed and deleted here."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from common.clock import now
from common.errors import AppError, invalid_value
from common.ids import new_id
from common.shapes import Flag, Members, Text, validate
from events.history import record
from events.streams.batches import Entry, current_place
from events.streams.configuration import MOST_STREAMS, config_of, seal_config, validated_config
from events.streams.delivery import RefusedBatchError, send
from events.streams.models import LogStream
from events.webhooks.trial import limited_test
from tenants.context import current_tenant_id
from tenants.models import Tenant

_VALUES = Members({"name": Text(min_length=1, max_length=128), "enabled": Flag()})


@transaction.atomic
def create_stream(*, name: str, kind: str, config: Any, enabled: bool = True, actor: Actor) -> LogStream:
    """Send the audit log to a destination from now on. Raises `guard.invalid_input`, `log.too_many_streams`."""
    values = validate(_VALUES, {"name": name, "enabled": enabled})
    if kind not in LogStream.Kind.values:
        raise invalid_value("kind", _("There is no such kind."))
    checked = validated_config(kind, config)
    # One after the other, so that the limit holds.
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    if LogStream.objects.count() >= MOST_STREAMS:
        raise AppError("log.too_many_streams", params={"count": MOST_STREAMS})
    place = current_place()
    stream = LogStream(
        **values,
        kind=kind,
        sealed_config=seal_config(checked),
        position=place.position,
        database_id=place.database_id,
        created_at=now(),
    )
    stream.save(force_insert=True)
    record("LogStream.Created", actor=actor, subject=stream, after=_told(stream))
    return stream


@transaction.atomic
def update_stream(stream: LogStream, changes: Mapping[str, Any], *, actor: Actor) -> LogStream:
    """Change name, configuration (whole) or whether it is on. What it has not sent yet goes to the new address.

    Raises `guard.invalid_input`, `entity.not_exists_with_id`.
    """
    _lock(stream)
    before = _told(stream)
    values = validate(_VALUES, dict(changes))
    for name, value in values.items():
        setattr(stream, name, value)
    fields = list(values)
    if "config" in changes:
        held = config_of(stream)
        config = validated_config(stream.kind, changes["config"], stored=held)
        if config != held:
            stream.sealed_config = seal_config(config)
            # Whoever is sending has the old configuration: another worker goes on.
            stream.leased_until, stream.leased_by = None, ""
            fields += ["sealed_config", "leased_until", "leased_by", *_resume(stream)]
    if not fields:
        return stream
    stream.save(update_fields=fields)
    after = _told(stream)
    changed = sorted({"config"} if "sealed_config" in fields else ())
    if changed or before != after:
        record("LogStream.Updated", actor=actor, subject=stream, before=before, after=after, changed=changed)
    return stream


@transaction.atomic
def resume_stream(stream: LogStream, *, actor: Actor) -> LogStream:
    """Send again, at once, from where a stream stopped. Raises `entity.not_exists_with_id`."""
    _lock(stream)
    was_paused = stream.paused_at is not None
    stream.save(update_fields=_resume(stream))
    if was_paused:
        record("LogStream.Resumed", actor=actor, subject=stream)
    return stream


@transaction.atomic
def delete_stream(stream: LogStream, *, actor: Actor) -> None:
    """Send nothing there any more. Raises `entity.not_exists_with_id`."""
    _lock(stream)
    record("LogStream.Deleted", actor=actor, subject=stream, before=_told(stream))
    stream.delete()


def send_test_entry(kind: str, config: Any, *, stored: LogStream | None = None) -> None:
    """Send one invented entry to a destination, whose configuration need not be stored; writes nothing.

    Raises `log.stream_test_failed` with the reason as `details`, `guard.invalid_input`, `TooManyRequestsError`.
    """
    checked = validated_config(kind, config, stored=config_of(stored) if stored else None)
    key = "LogStream.Tested"
    entry = Entry(0, new_id(), key, {"key": key, "result": "Success"}, now())
    try:
        with limited_test():
            send(kind, checked, [entry])
    except RefusedBatchError as error:
        raise AppError("log.stream_test_failed", details=str(error)) from error


def _lock(stream: LogStream) -> None:
    """Bring the instance up to date and hold its row until the transaction ends."""
    try:
        stream.refresh_from_db(from_queryset=LogStream.objects.select_for_update())
    except LogStream.DoesNotExist:
        raise AppError("entity.not_exists_with_id") from None


def _resume(stream: LogStream) -> list[str]:
    stream.paused_at, stream.due_at, stream.failures, stream.error = None, None, 0, ""
    return ["paused_at", "due_at", "failures", "error"]


def _told(stream: LogStream) -> dict[str, Any]:
    """What the history tells of a stream: nothing of its address and headers."""
    return {"name": stream.name, "kind": stream.kind, "enabled": stream.enabled}
