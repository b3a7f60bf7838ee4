"""What users lose with a connector."""

from django.db.models import Q

from events.history import Event, subscribe
from identity.models import FederatedTokenSet


def _forget_unwanted_tokens(event: Event) -> None:
    """Tokens are kept while their connector stores them."""
    connector_id = event.subject.id if event.subject else ""
    of_social = Q(connector_id=connector_id, connector__enable_token_storage=False)
    of_enterprise = Q(sso_identity__connector_id=connector_id, sso_identity__connector__enable_token_storage=False)
    FederatedTokenSet.objects.filter(of_social | of_enterprise).delete()


def connect() -> None:
    """Subscribe; called once, by the app's `ready`."""
    subscribe("Connector.Data.Updated", _forget_unwanted_tokens)
    subscribe("SsoConnector.Data.Updated", _forget_unwanted_tokens)
