"""How long a metadata document is good (Client ID Metadata Document section 5.2, RFC 9111 sections 4.2 and 5.2)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Seconds. A document is asked for several times while one user signs in, so that not even its host's word makes it good
# for less than the first; a document that says nothing is good for the second, and none for longer than the third.
SHORTEST = 60
ORDINARY = 3600
LONGEST = 86_400

_MAX_AGE = re.compile(r'(?:^|[,\s])(s-maxage|max-age)\s*=\s*"?(\d{1,10})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)(?:$|[,\s=])", re.IGNORECASE)


def _moment(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _stated(headers: Mapping[str, str], moment: datetime) -> float:
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return 0
    if ages := {name.lower(): int(seconds) for name, seconds in _MAX_AGE.findall(control)}:
        age = headers.get("age", "0")
        return ages.get("s-maxage", ages.get("max-age", 0)) - (int(age) if age.isdecimal() and len(age) < 11 else 0)
    if (expires := _moment(headers.get("expires"))) is not None:
        return (expires - (_moment(headers.get("date")) or moment)).total_seconds()
    return 0 if "expires" in headers else ORDINARY


def seconds_fresh(headers: Mapping[str, str], *, moment: datetime) -> float:
    """Return how many seconds a document is good, by the headers it came with."""
    return min(max(_stated(headers, moment), SHORTEST), LONGEST)
