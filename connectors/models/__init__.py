"""Configured connectors, message templates, and the development mailbox."""

from connectors.models.authorizations import PendingAuthorization
from connectors.models.connector import Connector
from connectors.models.delivery_problems import DeliveryProblem
from connectors.models.enterprise import SsoConnector, SsoSigningKey, UsedAssertion
from connectors.models.failures import LastFailure
from connectors.models.messages import EmailTemplate, MailboxMessage

__all__ = [
    "Connector",
    "DeliveryProblem",
    "EmailTemplate",
    "LastFailure",
    "MailboxMessage",
    "PendingAuthorization",
    "SsoConnector",
    "SsoSigningKey",
    "UsedAssertion",
]
