"""What happened: one call writes it to the audit log and tells the rooms above.

`record` is the only way to say that something happened. The entry and what subscribers write belong to the caller's
transaction: they commit or roll back with the change itself.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Model

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from common.ids import new_id
from common.languages import in_language
from common.request_context import current_step, request_origin
from events.figures.counting import count_event
from events.sanitizing import MAX_BYTES, sanitized, shortened
from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, new_row, write_rows

_DOCUMENT_ADDRESS = ("https://", "http://")
_MAX_NAME = 128
_MAX_ADDRESS = 1024

_to_json = json.JSONEncoder(default=str).encode

# Entries that wait for the end of `entries_written_together`.
_waiting: ContextVar[list[NewRow] | None] = ContextVar("waiting_entries", default=None)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; `name` is what people call it, empty if that would be personal data."""

    type: str
    id: str
    name: str = ""

    @classmethod
    def of(cls, entity: Model) -> "Subject":
        """Describe a row. A model whose name is personal data says so by `has_personal_name`."""
        name = "" if getattr(entity, "has_personal_name", False) else getattr(entity, "name", None) or ""
        return cls(entity._meta.object_name or "", str(entity.pk), str(name)[:_MAX_NAME])

    def as_json(self) -> dict[str, str]:
        return {"type": self.type, "id": self.id[:_MAX_ADDRESS], **({"name": self.name} if self.name else {})}


@dataclass(frozen=True, slots=True)
class Event:
    """One event as subscribers get it: the audit entry's parts, unmasked and whole."""

    name: str
    tenant_id: str
    actor: Actor | None = None
    subject: Subject | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    user_id: str | None = None
    application_id: str | None = None


Handler = Callable[[Event], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(event: str, handler: Handler) -> None:
    """Call `handler` for every `event` recorded. Called from `AppConfig.ready`."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def record(
    event: str,
    *,
    actor: Actor | None = None,
    subject: Model | Subject | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    added: Mapping[str, Sequence[str]] | None = None,
    removed: Mapping[str, Sequence[str]] | None = None,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    data: Mapping[str, Any] | None = None,
    hook: str | None = None,
    entry_id: str | None = None,
    **details: Any,
) -> None:
    """Say that something happened: one statement, and the subscribers, in the caller's transaction.

    `event` is one of the contract's webhook events or log keys, else a name like them. `actor` did it, `subject` is the
    row it was done to. `before` and `after` hold what changed, `added` and `removed` the ids that a set gained and
    lost, by kind. `data` is for subscribers alone: personal data does not stay in the log. With `error` the result is
    `Error`; record failures after the failed transaction, or they go with it. `user_id` and `application_id` are whom
    the log finds the entry by; they follow from the subject if it is one. `application_id` may be the address of a
    client's metadata document; the entry then has it as `cimdClientId`. `hook` is the webhook event, if
    subscribers know it by another name than the log. `entry_id` is the entry's id if somebody has been told it already.
    """
    count_event(event, is_error=error is not None, details=details)
    about = Subject.of(subject) if isinstance(subject, Model) else subject
    changes = {"before": before, "after": after, "added": _filled(added), "removed": _filled(removed)}
    entry = new_entry(
        event,
        actor=actor,
        subject=about,
        user_id=user_id,
        application_id=application_id,
        error=error,
        entry_id=entry_id,
        **{name: value for name, value in changes.items() if value},
        **details,
    )
    if (waiting := _waiting.get()) is None:
        write_rows([entry])
    else:
        waiting.append(entry)
    name = hook or event
    if handlers := _handlers.get(name):
        happened = Event(
            name,
            current_tenant_id(),
            actor,
            about,
            before or {},
            after or {},
            _filled(added),
            _filled(removed),
            details,
            data or {},
            user_id,
            application_id,
        )
        for handler in handlers:
            handler(happened)


@contextmanager
def entries_written_together() -> Iterator[None]:
    """Write the entries that the block records in one statement, at its end; none if it raises."""
    waiting: list[NewRow] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        write_rows(waiting)


@contextmanager
def entries_undone_on_error() -> Iterator[None]:
    """Forget the waiting entries of a block that raises; the caller takes back what else it has written."""
    waiting = _waiting.get()
    already = len(waiting or ())
    try:
        yield
    except BaseException:
        if waiting is not None:
            del waiting[already:]
        raise


def changed(entity: Model, changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what setting these fields of a row changes: the values before and after, of those that differ.

    Before is what is stored, and held until the transaction ends: a form has put what is new into the instance already.
    """
    rows = type(entity)._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk=entity.pk)
    stored = rows.values(*changes).first() or {}
    names = [name for name, value in changes.items() if name not in stored or stored[name] != value]
    return {name: stored[name] for name in names if name in stored}, {name: changes[name] for name in names}


def new_entry(
    key: str,
    *,
    actor: Actor | None = None,
    subject: Subject | None = None,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    entry_id: str | None = None,
    **details: Any,
) -> NewRow:
    """Return the entry that `record` writes, to be written with other rows in one statement.

    For events without subscribers. It belongs to the sign-in journey that the current request is part of. An entry has
    at most 8 kB; what is longer is cut, and `truncated` says so.
    """
    if subject is not None:
        user_id = user_id or (subject.id if subject.type == "User" else None)
        application_id = application_id or (subject.id if subject.type == "Application" else None)
    if user_id is None and actor is not None and actor.kind == "user":
        user_id = actor.id
    document_address: str | None = None
    if application_id and application_id.startswith(_DOCUMENT_ADDRESS):
        application_id, document_address = None, application_id
    payload: dict[str, Any] = {"key": key, "result": "Error" if error else "Success"}
    origin = request_origin()
    if origin.ip:
        payload |= {"ip": origin.ip, "userAgent": origin.user_agent}
    if user_id:
        payload["userId"] = user_id
    if application_id:
        payload["applicationId"] = application_id
    if document_address:
        payload["cimdClientId"] = document_address[:_MAX_ADDRESS]
    step = current_step()
    if step.journey_id:
        payload["path"] = step.path
    if actor is not None:
        payload["actor"] = {"kind": actor.kind, "id": actor.id[:_MAX_ADDRESS]}
    if subject is not None:
        payload["subject"] = subject.as_json()
    payload = sanitized({**payload, **details})
    if error:
        payload["error"] = _described(error)
    text = _to_json(payload)
    if len(text) > MAX_BYTES:
        text = _to_json(shortened(payload))
    return new_row(
        "events_auditlog",
        id=entry_id or new_id(),
        tenant_id=current_tenant_id(),
        key=key,
        user_id=user_id and user_id[:21],
        application_id=application_id and application_id[:128],
        journey_id=step.journey_id or None,
        created_at=now(),
        json={"payload": text},
    )


def _described(error: AppError | str) -> Any:
    if isinstance(error, AppError):
        # Whoever reads it is not who was refused, in the language of their browser.
        with in_language(settings.LANGUAGE_CODE):
            return {"code": error.code, "message": sanitized(error.message)}
    return sanitized(error)


def _filled(ids: Mapping[str, Sequence[str]] | None) -> dict[str, list[str]]:
    """The kinds of which there are any."""
    return {kind: list(found) for kind, found in (ids or {}).items() if found}
