"""The one clock, and the forms in which time goes over the wire."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime.fromtimestamp(0, UTC)
_MILLISECOND = timedelta(milliseconds=1)


def now() -> datetime:
    """Return the current time, aware and in UTC."""
    return datetime.now(UTC)


def to_milliseconds(moment: datetime | None) -> int | None:
    """Return milliseconds since the epoch, the form of every timestamp in the REST APIs; `None` stays `None`."""
    # Whole microseconds: a product of floats may fall short of the millisecond it stands for.
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def to_seconds(moment: datetime) -> int:
    """Return whole seconds since the epoch, the NumericDate of RFC 7519 section 2."""
    return int(moment.timestamp())


def to_iso(moment: datetime) -> str:
    """Return a moment in UTC as ISO 8601 with milliseconds, the form of timestamps inside of stored documents."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
