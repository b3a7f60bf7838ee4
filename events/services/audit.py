"""What happened is recorded here: one entry of the audit log, and everybody told who listens."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from common.ids import new_id
from common.request_context import request_origin
from common.subjects import Subject
from events.services.payload import encode_payload, sanitized
from events.subscribers import Happening, handlers_of
from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, new_row, write_rows

_DOCUMENT_ADDRESS = "https://"


def record(
    event: str,
    *,
    actor: Actor,
    subject: Subject | Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    added: Collection[str] = (),
    removed: Collection[str] = (),
    error: AppError | str | None = None,
    user_id: str | None = None,
    application_id: str | None = None,
    **details: Any,
) -> None:
    """Say that something happened in the current tenant: one statement, in the caller's transaction.

    `event` is a hook event of the contract (`Role.Scopes.Updated`), one of its log keys (`RevokeToken`) or in their
    style. `before` and `after` are members by field name; those that did not change are left out. `added`
    and `removed` are ids. With `error` the entry's result is `Error` and nobody is told; record failures after the
    failed transaction, or they go with it. `user_id` and `application_id`, by which entries are found, are those of the
    subject and of the actor where they are not given.
    """
    subject = Subject.of(subject)
    before, after = changed_members(before, after)
    entry = new_entry(
        event,
        actor=actor,
        subject=subject,
        before=before,
        after=after,
        added=added,
        removed=removed,
        error=error,
        user_id=user_id,
        application_id=application_id,
        **details,
    )
    write_rows([entry])
    if error or not (handlers := handlers_of(event)):
        return
    happening = Happening(
        name=event,
        tenant_id=current_tenant_id(),
        moment=now(),
        actor=actor,
        subject=subject,
        before=before,
        after=after,
        added=list(added),
        removed=list(removed),
        details=details,
    )
    for handler in handlers:
        handler(happening)


def changed_members(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both without the members that are equal, under the names they have on the wire."""
    old, new = _on_the_wire(before or {}), _on_the_wire(after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    return (
        {name: value for name, value in old.items() if name not in same},
        {name: value for name, value in new.items() if name not in same},
    )


def _on_the_wire(members: Mapping[str, Any]) -> dict[str, Any]:
    return {re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name): item for name, item in members.items()}


def new_entry(
    event: str,
    *,
    actor: Actor,
    subject: Subject,
    error: AppError | str | None = None,
    user_id: str | None = None,
    application_id: str | None = None,
    **details: Any,
) -> NewRow:
    """Return the entry that `record` writes, to be written with other rows in one statement; it has no subscribers.

    `application_id` may be the address by which a client is known that is no application here; the entry then has it
    as `cimdClientId`.
    """
    user_id = user_id or _own_id("user", actor, subject)
    application_id = application_id or _own_id("application", actor, subject)
    document_address: str | None = None
    if application_id and application_id.startswith(_DOCUMENT_ADDRESS):
        application_id, document_address = None, application_id
    origin = request_origin()
    payload: dict[str, Any] = {"key": event, "result": "Error" if error else "Success"}
    if origin.ip:
        payload |= {"ip": origin.ip, "userAgent": origin.user_agent}
    if user_id:
        payload["userId"] = user_id
    if application_id:
        payload["applicationId"] = application_id
    if document_address:
        payload["cimdClientId"] = document_address[:2048]
    payload["actor"] = {"kind": actor.kind, "id": actor.id[:2048]}
    payload["subject"] = {"type": subject.type, "id": subject.id[:2048], "name": subject.name}
    if error:
        payload["error"] = {"code": error.code, "message": error.message} if isinstance(error, AppError) else error
    payload |= {name: value for name, value in details.items() if value is not None and value != () and value != {}}
    return new_row(
        "events_auditlog",
        id=new_id(),
        tenant_id=current_tenant_id(),
        key=event[:128],
        user_id=user_id and user_id[:21],
        application_id=application_id and application_id[:128],
        created_at=now(),
        json={"payload": encode_payload(sanitized(payload))},
    )


def _own_id(kind: str, actor: Actor, subject: Subject) -> str | None:
    if subject.type == kind:
        return subject.id or None
    return actor.id if actor.kind == kind else None


def stored_values(entity: Model, names: Collection[str]) -> dict[str, Any]:
    """Return what the row holds of these fields, for `before`, and hold the row until the transaction ends.

    The instance does not say it: a form has put what is new into it already.
    """
    rows = type(entity)._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk=entity.pk)
    return rows.values(*names).first() or {}


def new_event(
    key: str,
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    **details: Any,
) -> NewRow:
    """Return an entry about a user who acts through an application."""
    named = details.pop("actor", None)
    actor = Actor(**named) if named else Actor.application(application_id or "")
    return new_entry(
        key,
        actor=actor,
        subject=Subject("user" if user_id else "application", user_id or application_id or ""),
        user_id=user_id,
        application_id=application_id,
        error=error,
        **details,
    )


def record_event(
    key: str,
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    **details: Any,
) -> None:
    """Write one entry of the current tenant's audit log. One statement, in the caller's transaction."""
    write_rows([new_event(key, user_id=user_id, application_id=application_id, error=error, **details)])
