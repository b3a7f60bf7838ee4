"""The client behind the address of a metadata document: remembered as long as its document is good."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.cache import cache

from applications.cimd.address import find_host
from applications.cimd.document import client_of_document
from applications.cimd.fetching import FetchPostponedError, UnreachableError, fetch_document
from applications.cimd.freshness import LONGEST
from applications.cimd.stand_in import find_stand_in_id
from applications.cimd.switch import is_cimd_on
from applications.client_metadata import ClientMetadataError
from applications.clients import Client
from common.clock import now
from common.crypto import sha256_hex
from common.oauth.errors import OAuthError, unknown_client
from tenants.context import current_tenant_id

# Seconds: for so long, nobody makes us ask again for what was not there.
_FAULT_KEPT = 60


class _Known(NamedTuple):
    """What is known of an address: its document, or why there is none."""

    document: Any
    fault: str
    fetched_at: datetime
    fresh_until: datetime


def _key(tenant_id: str, address: str) -> str:
    return f"cimd:{tenant_id}:{sha256_hex(address)}"


def _refused(fault: str) -> OAuthError:
    return OAuthError("invalid_client", f"client metadata document: {fault}", status=400)


def _postponed() -> OAuthError:
    description = "client metadata documents are being fetched too often, try again in a minute"
    return OAuthError("temporarily_unavailable", description, headers={"Retry-After": "60"})


def _ask(address: str, host: str, stand_in_id: str, before: _Known | None) -> _Known:
    """Fetch the document anew. Where nobody answers, the one from before is good until it is a day old."""
    moment, tenant_id = now(), current_tenant_id()
    try:
        fetched = fetch_document(address, host=host, tenant_id=tenant_id)
        client_of_document(address, fetched.document, stand_in_id=stand_in_id)
        found = _Known(fetched.document, "", moment, moment + timedelta(seconds=fetched.seconds))
    except FetchPostponedError:
        if before is None or before.fault:
            raise _postponed() from None
        return before
    except ClientMetadataError as error:
        soon = moment + timedelta(seconds=_FAULT_KEPT)
        found = _Known(None, str(error), moment, soon)
        if isinstance(error, UnreachableError) and before is not None and not before.fault:
            found = before._replace(fresh_until=soon)
    cache.set(_key(tenant_id, address), tuple(found), LONGEST if not found.fault else _FAULT_KEPT)
    return found


def _known(address: str, host: str, stand_in_id: str) -> _Known:
    stored = cache.get(_key(current_tenant_id(), address))
    before = None if stored is None else _Known(*stored)
    if before is not None and now() < before.fresh_until:
        return before
    if before is not None and now() - before.fetched_at >= timedelta(seconds=LONGEST):
        before = None
    return _ask(address, host, stand_in_id, before)


def get_document_client(client_id: str) -> Client:
    """Return the client that is known by this address (Client ID Metadata Document section 5).

    Raises `invalid_client` (400) where such clients are not taken, the address cannot be one, or its document is not
    there or not fit, and `temporarily_unavailable` (429) while too many are asked for. No statement when warm; may call
    the address.
    """
    stand_in_id = find_stand_in_id() if is_cimd_on() else ""
    if not stand_in_id:
        raise unknown_client(client_id)
    host = find_host(client_id)
    if host is None:
        raise _refused("client_id is not an address that a document can have")
    known = _known(client_id, host, stand_in_id)
    if known.fault:
        raise _refused(known.fault)
    return client_of_document(client_id, known.document, stand_in_id=stand_in_id)
