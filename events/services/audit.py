"""The audit log is written here."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from common.clock import now
from common.errors import AppError
from common.ids import new_id
from common.request_context import request_origin
from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, new_row, write_rows

_MASK = "******"
_SECRET_PARTS = ("secret", "password", "apikey", "privatekey", "credential", "cookie")
_SECRET_NAMES = frozenset({"authorization", "xfunctionskey", "token", "code", "codeverifier"})
_KEPT = frozenset({"passwordverified", "haspassword", "applicationsecret"})

_DOCUMENT_ADDRESS = "https://"

_to_json = json.JSONEncoder(default=str).encode


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    plain = re.sub(r"[_-]", "", name).lower()
    if plain in _KEPT:
        return False
    return plain in _SECRET_NAMES or plain.endswith("token") or any(part in plain for part in _SECRET_PARTS)


def sanitized(value: Any) -> Any:
    """Return the value with everything that looks like a secret masked and NUL characters removed."""
    if isinstance(value, Mapping):
        return {name: _MASK if _is_secret(str(name)) and item else sanitized(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [sanitized(item) for item in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def new_event(
    key: str,
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    **details: Any,
) -> NewRow:
    """Return the entry that `record_event` writes, to be written with other rows in one statement."""
    origin = request_origin()
    document_address: str | None = None
    if application_id and application_id.startswith(_DOCUMENT_ADDRESS):
        application_id, document_address = None, application_id
    payload: dict[str, Any] = {"key": key, "result": "Error" if error else "Success"}
    if origin.ip:
        payload |= {"ip": origin.ip, "userAgent": origin.user_agent}
    if user_id:
        payload["userId"] = user_id
    if application_id:
        payload["applicationId"] = application_id
    if document_address:
        payload["cimdClientId"] = document_address
    if error:
        payload["error"] = {"code": error.code, "message": error.message} if isinstance(error, AppError) else error
    payload |= sanitized(details)
    return new_row(
        "events_auditlog",
        id=new_id(),
        tenant_id=current_tenant_id(),
        key=key,
        user_id=user_id,
        application_id=application_id,
        created_at=now(),
        json={"payload": _to_json(payload)},
    )


def record_event(
    key: str,
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    error: AppError | str | None = None,
    **details: Any,
) -> None:
    """Write one entry of the current tenant's audit log. One statement, in the caller's transaction.

    `key` is one of the contract's log keys (`ExchangeTokenBy.RefreshToken`). With `error` the result is `Error`; record
    failures after the failed transaction, or they go with it. `application_id` may be the address by which a client is
    known that is no application here; the entry then has it as `cimdClientId`.
    """
    write_rows(
        [new_event(key, user_id=user_id, application_id=application_id, error=error, **details)],
    )
