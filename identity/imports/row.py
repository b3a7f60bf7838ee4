"""A row of a source: its members by their kind, so that each source reads as the table of its mapping."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from common.strict_json import parse_json
from identity.identifier_keys import is_storable
from identity.imports.errors import RowError

_TRUE = frozenset({"true", "t", "1", "yes"})
_FALSE = frozenset({"false", "f", "0", "no", ""})
# Years 1970 to 2999, in seconds; larger numbers are milliseconds.
_MOST_SECONDS = 32_503_680_000
_MOST_ITEMS = 1_000


class Row:
    """A JSON object whose members are read by kind; a wrong kind raises `RowError` with the member's place."""

    def __init__(self, values: Mapping[str, Any], *, path: str = "") -> None:
        self.values = values
        self._path = path

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}"[-64:] if self._path else name[:64]

    def _invalid(self, name: str) -> RowError:
        return RowError("user_import.invalid_value", field=self._at(name))

    def text(self, name: str) -> str | None:
        """Return a text without surrounding space, `None` for an absent or empty one; numbers are their digits."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not is_storable(value):
            raise self._invalid(name)
        return value.strip() or None

    def secret(self, name: str) -> str | None:
        """Return a text as it is, `None` for an absent or empty one."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not is_storable(value):
            raise self._invalid(name)
        return value

    def flag(self, name: str) -> bool | None:
        """Return a truth value, also as CSV writes it; `None` for an absent one."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        if isinstance(value, str) and value.strip().lower() in _TRUE:
            return True
        if isinstance(value, str) and value.strip().lower() in _FALSE:
            return False if value.strip() else None
        raise self._invalid(name)

    def number(self, name: str, *, default: int = 0) -> int:
        """Return a whole number, `default` for an absent one."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            raise self._invalid(name)
        return value

    def moment(self, name: str) -> datetime | None:
        """Return a moment: ISO 8601, or seconds or milliseconds since 1970; `None` for an absent one."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return _moment(value)
        except (ValueError, OverflowError, OSError):
            raise self._invalid(name) from None

    def _document(self, name: str) -> Any:
        """The value, or what JSON in a cell of CSV stands for; `None` if it is absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value) if value.strip() else None
        except ValueError:
            raise self._invalid(name) from None

    def object(self, name: str) -> dict[str, Any]:
        """Return an object, empty if it is absent."""
        value = self._document(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._invalid(name)
        return value

    def row(self, name: str) -> "Row":
        """Return an object to be read by kind."""
        return Row(self.object(name), path=self._at(name))

    def items(self, name: str) -> list[Any]:
        """Return a list, empty if it is absent."""
        value = self._document(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > _MOST_ITEMS:
            raise self._invalid(name)
        return value

    def rows(self, name: str) -> Iterator["Row"]:
        """Yield the objects of a list."""
        for index, item in enumerate(self.items(name)):
            if not isinstance(item, dict):
                raise self._invalid(f"{name}.{index}")
            yield Row(item, path=self._at(f"{name}.{index}"))

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; one text holds them between semicolons."""
        value = self.values.get(name)
        if isinstance(value, str) and not value.lstrip().startswith("["):
            found: list[Any] = value.split(";", _MOST_ITEMS)
        else:
            found = self.items(name)
        if not all(isinstance(item, str) and is_storable(item) for item in found):
            raise self._invalid(name)
        return [item.strip() for item in found if item.strip()]


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        text = value.strip()
        if not text.lstrip("-").isdigit():
            # PostgreSQL writes an offset of whole hours, and no `T`.
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        value = int(text[:20])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    if not -_MOST_SECONDS < value < _MOST_SECONDS * 1000:
        raise ValueError
    return datetime.fromtimestamp(value if abs(value) < _MOST_SECONDS else value / 1000, UTC)


def texts_by_name(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a row under other names; what the row lacks is left out."""
    found = {target: row.text(name) for name, target in names.items()}
    return {target: value for target, value in found.items() if value is not None}


def without(row: Row, known: frozenset[str]) -> dict[str, Any]:
    """Return the members of a row that no mapping names and that say something."""
    return {name: value for name, value in row.values.items() if name not in known and value not in (None, "")}
