"""Initech, an enterprise whose identity provider speaks SAML: its configuration, and what it answers."""

import base64
from typing import Any

from lxml import etree

from common.actors import SYSTEM
from common.clock import now
from connectors.enterprise.provider import SsoConnection
from connectors.enterprise.saml.service_provider import acs_url_of, entity_id_of
from connectors.enterprise.selectors import find_sso_connection
from connectors.enterprise.services.connectors import create_sso_connector
from connectors.models import SsoConnector
from connectors.provider_sign_in import SignInRequest
from tests.spec.saml.messages import IDP, key_pair, respond

ORIGIN = "http://localhost:8000"
MANUAL = {
    "entityId": IDP,
    "signInEndpoint": "https://idp.example/sso",
    "x509Certificate": key_pair("idp")[1],
}


def create_saml_connector(name: str = "Initech", **fields: Any) -> SsoConnector:
    """Set up a connector for Initech."""
    values: dict[str, Any] = {"provider_name": "SAML", "config": MANUAL, "domains": ["initech.example"]} | fields
    return create_sso_connector(connector_name=name, actor=SYSTEM, **values)


def connection_of(connector: SsoConnector) -> SsoConnection:
    """The connector as a sign-in finds it."""
    found = find_sso_connection(connector.id)
    assert found is not None
    return found


def request_for(connector: SsoConnector, **changes: Any) -> SignInRequest:
    """A sign-in that is about to start."""
    values: dict[str, Any] = {
        "state": "state-1",
        "redirect_uri": f"{ORIGIN}/callback/{connector.id}",
        "connector_id": connector.id,
        "origin": ORIGIN,
        "relay_state": "relay-1",
    }
    return SignInRequest(**values | changes)


def encoded(root: Any) -> str:
    """A response as a browser posts it."""
    return base64.b64encode(etree.tostring(root)).decode()


def answer(connector: SsoConnector, in_response_to: str | None, *, origin: str = ORIGIN, **changes: Any) -> str:
    """What Initech's identity provider answers a sign-in of the connector."""
    values: dict[str, Any] = {
        "audience": entity_id_of(origin, connector.id),
        "destination": acs_url_of(origin, connector.id),
        "in_response_to": in_response_to,
        "moment": now(),
    }
    return encoded(respond(**values | changes))
