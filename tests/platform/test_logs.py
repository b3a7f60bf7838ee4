"""Log lines hold no email address, no phone number and no row, whatever a library says when it fails."""

import json
import logging
import sys

import pytest

from common.logs import JsonFormatter, TextFormatter, redacted

FORMATTERS = [JsonFormatter(), TextFormatter("%(levelname)s %(name)s %(message)s")]


@pytest.mark.parametrize(
    "text",
    [
        "SMTPRecipientsRefused: {'alice@example.com': (550, b'no such user')}",
        "RCPT TO:<jörg@xn--bcher-kva.example>",
        repr("jörg@example.com".encode()),
        "cannot encode +49 171 1234567",
        "Key (tenant_id, phone)=(default, 491711234567)",
        "tel:(0171) 123-45 67",
        "DETAIL:  Failing row contains (x, alice, Example).",
    ],
)
def test_personal_data_is_left_out(text: str) -> None:
    said = redacted(text)
    for part in ("alice", "jörg", r"j\xc3", "example", "1234567", "123-45"):
        assert part not in said.lower()


@pytest.mark.parametrize(
    "text",
    [
        '  File "/srv/app/connectors/tasks.py", line 26, in deliver_message',
        "2026-11-29 03:45:00 connection to server at 192.168.100.200, port 5432 failed",
        "user abcdefghijk1234567890 has no grant",
        "<Thread 0x7f4f8db98710>",
        "    @wraps(view)",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_tracebacks_are_cleaned(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("alice@example.com")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "failed for %s", ("bob@example.com",), sys.exc_info()
        )
    record.where = "carol@example.com"
    line = formatter.format(record)
    assert "ValueError" in line
    assert "@example.com" not in line
    if isinstance(formatter, JsonFormatter):
        assert json.loads(line)["where"] == "[address]"
