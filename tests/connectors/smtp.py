"""Sending one message to an SMTP server of this machine."""

from typing import Any

from connectors.factories import MessageFactory, OutgoingMessage, find_factory
from connectors.kinds.smtp import FACTORY_ID


def send(port: int, recipient: str = "bob@example.com", **config: Any) -> None:
    """Send through a configuration as a developer writes it, which is checked first."""
    factory = find_factory(FACTORY_ID)
    assert isinstance(factory, MessageFactory)
    message = OutgoingMessage("email", recipient, "Generic", "Hello", "123456")
    given = {"host": "localhost", "port": port, "fromEmail": "no-reply@example.com"} | config
    factory.connector.send(message, factory.validated(given))
