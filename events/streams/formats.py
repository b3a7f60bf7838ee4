"""A batch in the form that its destination takes."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.clock import now
from events.streams.batches import Entry
from events.streams.models import LogStream
from tenants.context import current_tenant_id

_SERVICE = "gatehouse"
# Severity numbers of the OpenTelemetry log data model.
_INFO, _WARN = (9, "INFO"), (13, "WARN")
_MAX_DEPTH = 20

_to_json = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


def encode(kind: str, config: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, bytes]:
    """Return the content type and the body of a batch."""
    return _ENCODERS[kind](config, entries)


def _http(config: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, bytes]:
    """A line for each entry, or an array of them, in the form of `GET /api/logs`."""
    lines = [_to_json(entry.as_json()) for entry in entries]
    if config.get("format") == "json":
        return "application/json", f"[{','.join(lines)}]".encode()
    return "application/x-ndjson", ("\n".join(lines) + "\n").encode()


def _open_telemetry(_config: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, bytes]:
    """`ExportLogsServiceRequest` in JSON (OTLP 1.x, section OTLP/HTTP)."""
    resource = {"service.name": _SERVICE, "gatehouse.tenant.id": current_tenant_id()}
    scope = {"scope": {"name": "gatehouse.audit"}, "logRecords": [_log_record(entry) for entry in entries]}
    request = {"resourceLogs": [{"resource": {"attributes": _attributes(resource)}, "scopeLogs": [scope]}]}
    return "application/json", _to_json(request).encode()


def _log_record(entry: Entry) -> dict[str, Any]:
    payload = entry.payload
    error = payload.get("error")
    number, text = _INFO if payload.get("result") != "Error" else _WARN
    # Names of the semantic conventions if there is one.
    told = {
        "log.record.uid": entry.id,
        "event.outcome": "failure" if number == _WARN[0] else "success",
        "client.address": payload.get("ip"),
        "user_agent.original": payload.get("userAgent"),
        "user.id": payload.get("userId"),
        "gatehouse.application.id": payload.get("applicationId") or payload.get("cimdClientId"),
        "error.type": error.get("code") if isinstance(error, dict) else error,
    }
    return {
        "timeUnixNano": _nanoseconds(entry.created_at.timestamp()),
        "observedTimeUnixNano": _nanoseconds(now().timestamp()),
        "severityNumber": number,
        "severityText": text,
        "eventName": entry.key,
        "body": _any_value(payload),
        "attributes": _attributes({name: value for name, value in told.items() if value}),
    }


def _nanoseconds(seconds: float) -> str:
    """Integers of 64 bits are texts in OTLP's JSON."""
    return str(round(seconds * 1_000_000) * 1_000)


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _any_value(value)} for name, value in values.items()]


def _any_value(value: Any, depth: int = _MAX_DEPTH) -> dict[str, Any]:
    """Return a value of JSON as OTLP's `AnyValue`; `null` is one without a value."""
    if value is None or depth == 0:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, Mapping):
        pairs = [{"key": name, "value": _any_value(item, depth - 1)} for name, item in value.items()]
        return {"kvlistValue": {"values": pairs}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(item, depth - 1) for item in value]}}
    return {"stringValue": str(value)}


_Encoder = Callable[[Mapping[str, Any], Sequence[Entry]], tuple[str, bytes]]
_ENCODERS: Mapping[str, _Encoder] = {LogStream.Kind.HTTP: _http, LogStream.Kind.OPEN_TELEMETRY: _open_telemetry}
