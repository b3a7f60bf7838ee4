"""Documents that providers publish (metadata, keys), remembered in this process: few, small, and not for long."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from common.errors import AppError
from common.http import Response
from connectors.oauth.calls import MAX_BYTES, call, read_object
from tenants.context import current_tenant_id

T = TypeVar("T")

_MOST_DOCUMENTS = 1000
# Seconds. A document that the provider does not renew, because it is down, is good for a day.
_KEPT_FOR = 86_400.0
# Nor is it asked again for as long after a failure, or for an unknown key.
_PAUSE_AFTER_FAILURE = 5.0
_PAUSE_OF_UNKNOWN = 30.0


@dataclass(slots=True)
class _Remembered(Generic[T]):
    value: T | None = None
    fetched_at: float = float("-inf")
    failed_at: float = float("-inf")
    failure: AppError | None = None


class PublishedDocuments(Generic[T]):
    """Documents of one kind by their address: JSON unless `decode` reads them otherwise.

    `read` makes a value of what was decoded; both raise `AppError`. `accept` is the media type that is asked for.
    """

    def __init__(
        self,
        read: Callable[[str, Any], T],
        *,
        fresh_for: float,
        decode: Callable[[Response], Any] = read_object,
        accept: str = "application/json",
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._read = read
        self._fresh_for = fresh_for
        self._decode = decode
        self._accept = accept
        self._max_bytes = max_bytes
        self._documents: OrderedDict[tuple[str, str], _Remembered[T]] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._documents.clear()

    def get(self, url: str, *, is_sufficient: Callable[[T], bool] | None = None) -> T:
        """Return the document, fetched if it is old, or if it is not sufficient and was not just fetched.

        If the provider does not answer, an older one is returned; without any, raises what `call` raises,
        `connector.general` for another status than 200, and `connector.invalid_response`.
        """
        found = self._remembered(url)
        moment = time.monotonic()
        age = moment - found.fetched_at
        if found.value is not None and age <= self._fresh_for:
            if age <= _PAUSE_OF_UNKNOWN or is_sufficient is None or is_sufficient(found.value):
                return found.value
        elif found.value is not None and age > _KEPT_FOR:
            found.value = None
        if moment - found.failed_at > _PAUSE_AFTER_FAILURE:
            self._fetch(url, found)
        if found.value is None:
            raise found.failure or AppError("connector.general")
        return found.value

    def _remembered(self, url: str) -> _Remembered[T]:
        place = (current_tenant_id(), url)
        with self._lock:
            found = self._documents.setdefault(place, _Remembered())
            self._documents.move_to_end(place)
            if len(self._documents) > _MOST_DOCUMENTS:
                self._documents.popitem(last=False)
            return found

    def _fetch(self, url: str, found: _Remembered[T]) -> None:
        try:
            answer = call("GET", url, headers={"Accept": self._accept}, max_bytes=self._max_bytes)
            if answer.status != 200:
                raise AppError("connector.general", data={"reason": f"status {answer.status}"})
            found.value = self._read(url, self._decode(answer))
            found.fetched_at = time.monotonic()
        except AppError as error:
            found.failure, found.failed_at = error, time.monotonic()
