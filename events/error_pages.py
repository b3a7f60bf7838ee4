"""Error pages in the audit log, where the trace id that a person reads out to a developer finds them.

Anybody can cause error pages, as many as they like. An entry is worth something to whoever asks for help with it, and
nobody does so with a thousand of them: so they are limited by address and by tenant, far below what else
unauthenticated callers may write, and are written together. Pages beyond the limit are in the process's log alone.
"""

import logging

from django.db import Error

from common.error_pages import ErrorPage
from common.networks import network_of
from common.request_context import request_origin
from events.write_behind import record_later
from tenants.context import find_current_tenant_id
from tenants.rate_limits import find_wait

AUDIT_KEY = "ErrorPage"
# Programs try addresses all day: what they see is found by its trace id, and stands in no list of sign-ins.
NOT_FOUND_KEY = "ErrorPage.NotFound"

_LONGEST_PATH = 256

logger = logging.getLogger(__name__)


def record_error_page(shown: ErrorPage) -> None:
    """Write an entry whose id is the page's trace id; nothing outside of a tenant, and nothing beyond the limits."""
    if find_current_tenant_id() is None or _is_beyond_limit():
        return
    try:
        record_later(
            NOT_FOUND_KEY if shown.status == 404 and shown.error is None else AUDIT_KEY,
            entry_id=shown.trace_id,
            error=shown.error or f"HTTP {shown.status}",
            status=shown.status,
            path=shown.path[:_LONGEST_PATH],
        )
    except Error:
        logger.warning("the error page %s could not be recorded", shown.trace_id)


def _is_beyond_limit() -> bool:
    """An address that has used its limit up does not use up its tenant's."""
    network = network_of(request_origin().ip)
    return bool(find_wait("ERROR_PAGE_LIMIT_PER_ADDRESS", network) or find_wait("ERROR_PAGE_LIMIT_PER_TENANT"))
