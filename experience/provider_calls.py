"""Calls to providers at sign-in, bounded: a slow one keeps a few threads of a process, and the others go on serving."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from common.errors import AppError
from tenants.context import current_tenant_id

# Of the eight threads that a process has by default: most stay free, whatever is slow, and no tenant takes them all.
_MOST = 5
_MOST_OF_TENANT = 3
_MOST_OF_CONNECTOR = 2

_under_way: Counter[tuple[str, str]] = Counter()
_lock = Lock()


@contextmanager
def provider_call(connector_id: str) -> Iterator[None]:
    """Let the block call a connector's provider; raises `connector.timed_out` if too many wait for one already."""
    tenant_id = current_tenant_id()
    key = (tenant_id, connector_id)
    with _lock:
        of_tenant = sum(count for (tenant, _connector), count in _under_way.items() if tenant == tenant_id)
        is_full = _under_way.total() >= _MOST or of_tenant >= _MOST_OF_TENANT
        if is_full or _under_way[key] >= _MOST_OF_CONNECTOR:
            raise AppError("connector.timed_out", status=503)
        _under_way[key] += 1
    try:
        yield
    finally:
        with _lock:
            _under_way[key] -= 1
            if not _under_way[key]:
                del _under_way[key]
