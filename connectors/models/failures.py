"""What a connector did not deliver."""

from django.db import models

from connectors.models.connector import Connector
from tenants.models import EntityModel, TenantForeignKey


class LastFailure(EntityModel):
    """The latest message that a connector did not deliver, one row a connector, with nothing about its recipient.

    A table of its own: a change of a connector drops what every process remembers of the tenant's configuration.
    """

    connector = TenantForeignKey(Connector, related_name="last_failures")
    reason = models.CharField(max_length=32, help_text="A `FailureKind`.")
    template_type = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "connector"], name="last_failure_of_connector")]

    def __str__(self) -> str:
        return self.reason
