"""Proofs that must not be used twice."""

from django.db import models

from tenants.models import EntityModel


class UsedProof(EntityModel):
    """The `jti` of a client assertion or DPoP proof that was used; `id` is a digest of it and of whose it is.

    The primary key makes it single use; the row is needed until the proof itself has expired.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="used_proof_expiry")]
