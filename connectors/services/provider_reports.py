"""Reports of providers as they come in: verified here, taken in by a task."""

from typing import Any

from django.http import HttpRequest
from limits import RateLimitItemPerMinute

from common import rates
from common.crypto import keyed_digests
from common.errors import AppError
from common.networks import network_of
from common.request_context import request_origin
from connectors.address_events import EVENTS_USER, EventRefusedError, EventSource, Report
from connectors.factories import MessageFactory, find_factory
from connectors.models import Connector
from connectors.selectors import config_of, get_connector
from connectors.services.report_intake import seal_events
from connectors.tasks import confirm_event_source, note_problems
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_request, origin_of_tenant
from tenants.rate_limits import TooManyRequestsError

# What one request may report; providers send at most a few hundred.
_MAX_EVENTS = 1_000
_PASSWORD_LENGTH = 32
# A minute's reports of a connector, and a network's requests that prove nothing.
_PER_CONNECTOR = RateLimitItemPerMinute(1_200)
_REFUSED = RateLimitItemPerMinute(60)


def events_path(connector_id: str) -> str:
    """Return the path at which a connector's provider reports."""
    return f"/api/connectors/{connector_id}/events"


def events_password(connector_id: str) -> str:
    """Return the password by which a provider without signatures proves itself."""
    return _passwords(connector_id)[0]


def _passwords(connector_id: str) -> list[str]:
    """One for each key of the ring, of 128 bits: an address that people copy should not be longer than it must."""
    digests = keyed_digests(connector_id, context=f"connector-events.{current_tenant_id()}")
    return [digest[:_PASSWORD_LENGTH] for digest in digests]


def event_source_of(connector: Connector) -> EventSource | None:
    """Return what reads the reports of a connector's provider, `None` if it sends none."""
    factory = find_factory(connector.factory_id)
    return factory.events if isinstance(factory, MessageFactory) else None


def callback_address(connector: Connector) -> str:
    """Return the address that the provider is to call, with the password if it is one that needs it; else empty."""
    source = event_source_of(connector)
    if source is None:
        return ""
    origin = origin_of_tenant(current_tenant_id())
    if source.has_password:
        scheme, _, host = origin.partition("://")
        origin = f"{scheme}://{EVENTS_USER}:{events_password(connector.id)}@{host}"
    return origin + events_path(connector.id)


def missing_key(connector: Connector) -> str:
    """Return the member of the configuration without which no report can be verified, empty if it is there."""
    source = event_source_of(connector)
    return source.needed_key if source and source.needed_key and not config_of(connector).get(source.needed_key) else ""


def receive_report(connector_id: str, request: HttpRequest) -> None:
    """Verify a provider's request, and hand what it reports to a task.

    Raises `connector.not_found`, `connector.event_not_verified`, and `request.rate_limited` for more than a connector's
    provider sends, or for a network that proves nothing again and again.
    """
    tenant_id, network = current_tenant_id(), network_of(request_origin().ip)
    if wait := rates.find_wait(_REFUSED, "connector-events", tenant_id, network):
        raise TooManyRequestsError(wait)
    try:
        connector = get_connector(connector_id)
        source = event_source_of(connector)
        if source is None:
            raise AppError("connector.not_found")
        if wait := rates.hit(_PER_CONNECTOR, "connector-events", tenant_id, connector.id):
            raise TooManyRequestsError(wait)
        config = config_of(connector)
        if source.needed_key and not config.get(source.needed_key):
            raise AppError("connector.event_not_verified")
        url = origin_of_request(request) + request.get_full_path()
        report = _read(source, request, url, config, connector.id)
    except AppError as error:
        if not isinstance(error, TooManyRequestsError):
            rates.hit(_REFUSED, "connector-events", tenant_id, network)
        raise
    if report.confirmation_url:
        confirm_event_source.delay(tenant_id, report.confirmation_url)
    if report.events:
        note_problems.delay(tenant_id, connector.id, seal_events(report.events[:_MAX_EVENTS]))


def _read(source: EventSource, request: HttpRequest, url: str, config: dict[str, Any], connector_id: str) -> Report:
    refused: Exception | None = None
    # Under each key of the ring: the provider has the password that was shown when its address was entered.
    for password in _passwords(connector_id) if source.has_password else [""]:
        try:
            return source.read(request, url=url, config=config, password=password)
        except EventRefusedError as error:
            refused = error
    raise AppError("connector.event_not_verified") from refused
