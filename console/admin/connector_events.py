"""Where a connector's provider reports bounces and complaints."""

from typing import Any

from connectors.factories import Factory
from connectors.models import Connector
from connectors.services.provider_reports import callback_address, missing_key
from console.admin.display import copyable


def describe_event_callback(connector: Connector, factory: Factory | None) -> dict[str, Any] | None:
    """Return the address for the card of a connector, `None` if its provider reports nothing."""
    url = callback_address(connector)
    if not url or factory is None:
        return None
    key = missing_key(connector)
    label = next((item.label for item in factory.form_items if item.key == key), key)
    return {"url": copyable(url), "missing": label}
