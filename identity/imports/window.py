"""A moving view of a file that is read from any byte on: a row at a time, within a bound."""

import re
from typing import Protocol

#: The longest row, in bytes.
MAX_ROW_BYTES = 262_144
_READ_BYTES = 1_048_576
# What has been passed is dropped once it is this long.
_DROP_BYTES = 524_288


class FileBytes(Protocol):
    """The bytes of a file, wherever it is."""

    size: int

    def read(self, position: int, length: int) -> bytes:
        """Return at most so many bytes from a position on, none at the end."""
        ...


class Window:
    """The part of a file that begins at `position`; `at` is relative to the buffer."""

    def __init__(self, file: FileBytes, position: int) -> None:
        self._file = file
        self._start = position
        self.buffer = b""
        self.at = 0

    @property
    def position(self) -> int:
        """The byte of the file that comes next."""
        return self._start + self.at

    def extend(self) -> bool:
        """Read on; false at the end of the file."""
        if self.at > _DROP_BYTES:
            self._start, self.buffer, self.at = self._start + self.at, self.buffer[self.at :], 0
        more = self._file.read(self._start + len(self.buffer), _READ_BYTES)
        self.buffer += more
        return bool(more)

    @property
    def length(self) -> int:
        """How many bytes that come next have been read."""
        return len(self.buffer) - self.at

    def line(self) -> bytes | None:
        """Return the line that comes next, with its end; `None` if it is too long."""
        looked = 0
        while (end := self.buffer.find(b"\n", self.at + looked)) < 0:
            looked = self.length
            if looked > MAX_ROW_BYTES:
                return None
            if not self.extend():
                return self.buffer[self.at :]
        line = self.buffer[self.at : end + 1]
        return line if len(line) <= MAX_ROW_BYTES else None

    def skip_line(self) -> None:
        """Pass over the rest of a line, however long it is."""
        while (end := self.buffer.find(b"\n", self.at)) < 0:
            self.at = len(self.buffer)
            if not self.extend():
                return
        self.at = end + 1

    def pass_over(self, pattern: re.Pattern[bytes]) -> int:
        """Pass over what a pattern matches, which may match nothing, and return how many line breaks that had."""
        lines = 0
        while found := pattern.match(self.buffer, self.at):
            lines += self.buffer.count(b"\n", self.at, found.end())
            self.at = found.end()
            if self.at < len(self.buffer) or not self.extend():
                break
        return lines

    def peek(self) -> bytes:
        """Return the byte that comes next, none at the end of the file."""
        return self.buffer[self.at : self.at + 1] if self.length or self.extend() else b""
