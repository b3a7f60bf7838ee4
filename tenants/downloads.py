"""Large files that are made while they are sent: few at a time in a process.

Each keeps one of the server's threads until it is whole, however many rows there are and whether or not anybody still
waits for it. Everybody's sign-ins need the others.
"""

from collections.abc import Iterator
from threading import BoundedSemaphore

from tenants.rate_limits import TooManyRequestsError

_places = BoundedSemaphore(2)
_RETRY_AFTER = 10


class LimitedDownload(Iterator[bytes]):
    """The chunks of a file. Its place is free again once it has ended, is closed, or is dropped unread.

    Raises `TooManyRequestsError` if the process is making as many as it may.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._is_held = _places.acquire(blocking=False)
        if not self._is_held:
            raise TooManyRequestsError(_RETRY_AFTER)
        self._chunks = chunks

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back."""
        if self._is_held:
            self._is_held = False
            _places.release()

    def __del__(self) -> None:
        self.close()
