"""Log lines, as JSON (one object a line) or as text, without personal data in what libraries say."""

import json
import logging
import re
from datetime import UTC, datetime

# `request` is what Django adds: its text holds the query, and with it addresses and codes. `data` is what Celery adds:
# the message and the traceback once more, and the task's arguments.
_LEFT_OUT = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request", "data"}

_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"'=]+@[^\s@<>()\[\]{},;:\"'\\=]+")
# As people write numbers. What stands in a longer word is somebody's id, and four short parts are a server.
_PHONE = re.compile(r"(?<![\w.:+-])(?!(?:\d{1,3}\.){3}\d{1,3}\b)\+?\d(?:[ ()./-]{0,2}\d){8,14}(?![\w:])")
# PostgreSQL repeats the values of the row that it refuses.
_DETAIL = re.compile(r"^(\s*(?:DETAIL|CONTEXT|LINE \d+):).*$", re.MULTILINE)


def redacted(text: str) -> str:
    """Return the text of a record or a traceback without email addresses, phone numbers and values of rows."""
    return _PHONE.sub("[number]", _EMAIL.sub("[address]", _DETAIL.sub(r"\1 [left out]", text)))


class TextFormatter(logging.Formatter):
    """Renders a record as one line, and its traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """Renders a record with its `extra` members as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": redacted(record.getMessage()),
        }
        for name, value in record.__dict__.items():
            if name not in _LEFT_OUT:
                line[name] = _EMAIL.sub("[address]", value) if isinstance(value, str) else value
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, default=str)
