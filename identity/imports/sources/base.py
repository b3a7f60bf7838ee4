"""What every source does: recognize its rows, and read one."""

from collections.abc import Mapping
from typing import Any, Protocol

from common.shapes import Members
from identity.imports.records import ImportedUser
from identity.imports.row import Row


class Source(Protocol):
    """The users of one system as it exports them."""

    #: What options and the API call it.
    name: str
    #: What people call it.
    title: str
    #: What has to be known besides the file, `None` if nothing; kept sealed.
    secrets: Members | None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        """Whether a row, the first of its file, is of this source; `names` are those of its members."""
        ...

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        """Return what a row says, `None` for a row about something else than a user. Raises `RowError`."""
        ...
