"""How a metadata document is fetched: from its address alone, and with a budget for everybody who makes us call.

Client ID Metadata Document sections 5, 8.6 and 8.7.
"""

from typing import Any, NamedTuple

from django.conf import settings
from limits import RateLimitItemPerMinute

from applications.cimd.freshness import seconds_fresh
from applications.client_metadata import ClientMetadataError, parse_metadata
from common import rates
from common.clock import now
from common.http import OutboundRequestError, Response
from common.networks import network_of
from common.request_context import request_origin

MAX_BYTES = 10_000

# Calls a minute: one user's browser starts a few, an honest host serves a few documents, and what nobody can be told
# apart by is bounded too.
_PER_CALLER = RateLimitItemPerMinute(20)
_PER_HOST = RateLimitItemPerMinute(60)
_PER_TENANT = RateLimitItemPerMinute(300)

_ABSENT = "the document cannot be fetched"


def _absent(reason: str) -> str:
    """Why there is no document. What is reachable from here is nobody's to know but a developer's on this machine."""
    return f"{_ABSENT}: {reason}" if settings.UNVERIFIED_CLIENTS_ON_LOOPBACK else _ABSENT


class FetchPostponedError(Exception):
    """Nothing was fetched, because too much is already."""


class UnreachableError(ClientMetadataError):
    """The address did not answer, or only that something is wrong with it just now."""


class Fetched(NamedTuple):
    """What an address served, and for how many seconds that is good."""

    document: dict[str, Any]
    seconds: float


def spend_call(tenant_id: str, host: str) -> None:
    """Count a call that is about to be made; raises `FetchPostponedError` if there were too many."""
    budgets = (
        (_PER_CALLER, "caller", tenant_id, network_of(request_origin().ip)),
        # All ports of a host are one: nobody tries them out through us.
        (_PER_HOST, "host", host.partition(":")[0]),
        (_PER_TENANT, "tenant", tenant_id),
    )
    for limit, *key in budgets:
        if rates.hit(limit, "cimd", *key):
            raise FetchPostponedError


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


def read_answer(answer: Response | OutboundRequestError) -> Fetched:
    """Return what an address served; no redirect is followed, and nothing but 200 is taken.

    Raises `UnreachableError` and `ClientMetadataError`, whose text tells who answers at an address in development only.
    """
    if isinstance(answer, OutboundRequestError):
        raise UnreachableError(_absent(str(answer)))
    if answer.status >= 500:
        raise UnreachableError(_absent(f"its host answers {answer.status}"))
    if answer.status != 200:
        raise ClientMetadataError(_absent(f"its host answers {answer.status}"))
    if not _is_json(answer.headers.get("content-type", "")):
        raise ClientMetadataError(_absent("its media type is not application/json"))
    return Fetched(parse_metadata(answer.body), seconds_fresh(answer.headers, moment=now()))
