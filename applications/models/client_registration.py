"""Clients that register themselves (RFC 7591): what they said, and the tokens that let them."""

from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application
from tenants.models import EntityModel, TenantForeignKey


class ClientRegistration(EntityModel):
    """What a client said about itself, and the SHA-256 of the token that lets it say something else (RFC 7592)."""

    application = TenantForeignKey(Application, related_name="registrations")
    metadata = models.JSONField(default=dict, help_text="As registered; what is not supported is left out.")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application"], name="client_registration")]


class InitialAccessToken(EntityModel):
    """A permission to register clients (RFC 7591 section 3); only its SHA-256 is kept."""

    name = models.CharField(max_length=256)
    value_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="initial_access_token_name")]

    def __str__(self) -> str:
        return self.name
