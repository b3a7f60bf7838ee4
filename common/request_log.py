"""The request log: one structured line about each answer, never a parameter."""

import logging
import time

_logger = logging.getLogger("gatehouse.request")


def log_answer(method: str, path: str, status: int, *, started: float) -> None:
    """Write the line, at level INFO; `started` is a reading of `time.perf_counter`."""
    if not _logger.isEnabledFor(logging.INFO):
        return
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    _logger.info("request", extra={"method": method, "path": path, "status": status, "milliseconds": milliseconds})
