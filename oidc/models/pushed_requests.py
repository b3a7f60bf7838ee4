"""Pushed authorization requests that wait for their user."""

from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application
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
