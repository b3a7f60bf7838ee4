"""What the event sources of several providers share."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from anymail.exceptions import AnymailConfigurationError, AnymailError
from django.http import HttpRequest

from common.clock import now
from common.crypto import equal
from connectors.address_events import EventRefusedError, ProblemKind, ProblemReason

_MAX_FIELDS = 100

#: What an event says of its address; `None` if it says nothing for good.
Verdict = tuple[ProblemKind, ProblemReason] | None

NOT_FOUND = (ProblemKind.HARD_BOUNCE, ProblemReason.NOT_FOUND)
BOUNCED = (ProblemKind.HARD_BOUNCE, ProblemReason.OTHER)
SUPPRESSED = (ProblemKind.HARD_BOUNCE, ProblemReason.SUPPRESSED)
SPAM = (ProblemKind.COMPLAINT, ProblemReason.SPAM)
COMPLAINED_BEFORE = (ProblemKind.COMPLAINT, ProblemReason.SUPPRESSED)
OPTED_OUT = (ProblemKind.COMPLAINT, ProblemReason.OPTED_OUT)


@contextmanager
def oddities_refused() -> Iterator[None]:
    """Turn whatever an odd request makes a parser raise into `EventRefusedError`."""
    try:
        yield
    except EventRefusedError:
        raise
    except (
        AnymailError,
        AnymailConfigurationError,
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise EventRefusedError(type(error).__name__) from error


def read_by_view(view: Any, request: HttpRequest) -> list[Any]:
    """Return the events that a view of django-anymail finds, once it has verified the request."""
    with oddities_refused():
        view.run_validators(request)
        return list(view.parse_events(request))


def assert_password(request: HttpRequest, *, user: str, password: str) -> None:
    """Refuse a request that has not these credentials (RFC 7617)."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        presented = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError, ValueError):
        presented = ""
    if not equal(presented, f"{user}:{password}"):
        raise EventRefusedError("password")


def json_of(request: HttpRequest) -> Any:
    """Return the body's JSON; raises `EventRefusedError`."""
    with oddities_refused():
        return json.loads(request.body)


def form_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form in their order; raises `EventRefusedError`."""
    with oddities_refused():
        return parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MAX_FIELDS)


def moment_of(value: Any) -> datetime:
    """Return a moment as providers write it (ISO 8601), the present one if it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return now()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def text_of(found: Any, key: str, fold: Callable[[str], str] = str) -> str:
    """Return a member that is a text, bounded; empty if it is none."""
    value = found.get(key) if isinstance(found, dict) else None
    return fold(value[:320]) if isinstance(value, str) else ""
