"""Sign-ins at social providers that a developer's own pages have begun."""

from django.db import models

from connectors.models.connector import Connector
from tenants.models import EntityModel, TenantForeignKey


class PendingAuthorization(EntityModel):
    """What a connector needs again when the browser comes back, sealed; `id` is a digest of connector and `state`.

    The Management API starts these; sign-ins on our own pages keep theirs with the interaction. The row is deleted by
    whoever finishes the sign-in, so that it can be finished once.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    connector = TenantForeignKey(Connector, related_name="pending_authorizations")
    sealed_session = models.BinaryField(editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="pending_authorization_expiry")]
