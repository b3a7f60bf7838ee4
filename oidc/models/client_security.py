"""What clients with higher security leave behind: pushed requests that wait, and proofs that must not come twice."""

from django.db import models
from django.db.models.functions import Now

from oidc.models.application import Application
from tenants.models import EntityModel, TenantForeignKey


class PushedAuthorizationRequest(EntityModel):
    """A request that a client pushed (RFC 9126) and its user has not come with yet; gone once a code was issued.

    The `request_uri` is kept as SHA-256.
    """

    uri_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    application = TenantForeignKey(Application, related_name="+")
    parameters = models.JSONField(help_text="The validated request parameters.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="pushed_request_expiry")]


class UsedProof(EntityModel):
    """The `jti` of a client assertion or DPoP proof that was used; `id` is a digest of it and of whose it is.

    The primary key makes it single use; the row is needed until the proof itself has expired.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="used_proof_expiry")]
