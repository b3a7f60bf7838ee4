"""A tenant's configured connectors."""

from django.db import models
from django.db.models.functions import Now

from common.ids import new_short_id
from connectors.factories import find_factory
from tenants.models import TenantModel


class Connector(TenantModel):
    """One configured connector. Its configuration may hold secrets and is sealed as a whole."""

    is_configuration = True

    id = models.CharField(primary_key=True, max_length=128, default=new_short_id, editable=False)
    factory_id = models.CharField(max_length=128, help_text="`connectorId` on the wire.")
    sealed_config = models.BinaryField(editable=False)
    metadata = models.JSONField(default=dict, blank=True)
    sync_profile = models.BooleanField(default=False)
    enable_token_storage = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "factory_id"], name="connector_factory")]

    def __str__(self) -> str:
        if name := self.metadata.get("name", {}).get("en"):
            return str(name)
        factory = find_factory(self.factory_id)
        return factory.name if factory else self.factory_id
