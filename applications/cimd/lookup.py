"""The client behind the address of a metadata document: remembered as long as its document is good."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from applications.cimd.address import FORM, FORM_ON_LOOPBACK, find_host, find_loopback_host
from applications.cimd.document import client_of_document
from applications.cimd.fetching import MAX_BYTES, FetchPostponedError, UnreachableError, read_answer, spend_call
from applications.cimd.freshness import LONGEST
from applications.cimd.stand_in import find_stand_in_id
from applications.cimd.switch import is_cimd_on
from applications.client_metadata import ClientMetadataError
from applications.clients import Client
from applications.outbound import ask_client, still_calling
from common.clock import now
from common.crypto import sha256_hex
from common.http import OutboundRequestError, Response
from common.oauth.errors import OAuthError
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


def _ask(address: str, host: str, stand_in_id: str, before: _Known | None) -> _Known | None:
    """Have the document fetched again, `None` if that takes long. If nobody answers, the one from before stays good."""
    tenant_id = current_tenant_id()
    spend_call(tenant_id, host)

    def remember(answer: Response | OutboundRequestError) -> _Known:
        moment = now()
        try:
            fetched = read_answer(answer)
            client_of_document(address, fetched.document, stand_in_id=stand_in_id)
            found = _Known(fetched.document, "", moment, moment + timedelta(seconds=fetched.seconds))
        except ClientMetadataError as error:
            soon = moment + timedelta(seconds=_FAULT_KEPT)
            found = _Known(None, str(error), moment, soon)
            if isinstance(error, UnreachableError) and before is not None and not before.fault:
                found = before._replace(fresh_until=soon)
        cache.set(_key(tenant_id, address), tuple(found), LONGEST if not found.fault else _FAULT_KEPT)
        return found

    return ask_client(address, max_bytes=MAX_BYTES, is_unverified=True, then=remember)


def _known(address: str, host: str, stand_in_id: str) -> _Known:
    stored = cache.get(_key(current_tenant_id(), address))
    before = None if stored is None else _Known(*stored)
    if before is not None and now() < before.fresh_until:
        return before
    if before is not None and now() - before.fetched_at >= timedelta(seconds=LONGEST):
        before = None
    try:
        found, refusal = _ask(address, host, stand_in_id, before), still_calling()
    except FetchPostponedError:
        found, refusal = None, _postponed()
    if found is None and before is not None and not before.fault:
        return before
    if found is None:
        raise refusal
    return found


def _host_of(client_id: str) -> str:
    is_for_development = settings.UNVERIFIED_CLIENTS_ON_LOOPBACK
    host = find_host(client_id) or (find_loopback_host(client_id) if is_for_development else None)
    if host is None:
        raise _refused(f"client_id must be {FORM_ON_LOOPBACK if is_for_development else FORM}")
    return host


def get_document_client(client_id: str) -> Client:
    """Return the client that is known by this address (Client ID Metadata Document section 5).

    Raises `invalid_client` (400) where such clients are not taken, the address cannot be one, or its document is not
    there or not fit, and `temporarily_unavailable`: 429 while too many are asked for, 503 while the address has not
    answered. No statement when warm; may have the address called.
    """
    stand_in_id = find_stand_in_id() if is_cimd_on() else ""
    if not stand_in_id:
        raise _refused("such clients are not accepted here")
    known = _known(client_id, _host_of(client_id), stand_in_id)
    if known.fault:
        raise _refused(known.fault)
    return client_of_document(client_id, known.document, stand_in_id=stand_in_id)
