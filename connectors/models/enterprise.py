"""Enterprise connectors: the identity providers of a tenant's customers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from common.ids import new_short_id
from tenants.models import EntityModel, TenantForeignKey, TenantModel


class SsoConnector(TenantModel):
    """One enterprise's identity provider. Its configuration may hold secrets and is sealed as a whole.

    `domains` are the lower-case domains of the email addresses whose users sign in there.
    """

    is_configuration = True

    id = models.CharField(primary_key=True, max_length=128, default=new_short_id, editable=False)
    provider_name = models.CharField(max_length=128)
    connector_name = models.CharField(max_length=128)
    sealed_config = models.BinaryField(editable=False)
    domains = models.JSONField(default=list, blank=True)
    branding = models.JSONField(default=dict, blank=True, help_text="`{displayName?, logo?, darkLogo?}`.")
    sync_profile = models.BooleanField(default=False)
    enable_token_storage = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "enterprise connector"
        constraints = [models.UniqueConstraint(fields=["tenant", "connector_name"], name="sso_connector_name")]

    def __str__(self) -> str:
        return self.connector_name


class SsoSigningKey(EntityModel):
    """A key that signs the SAML requests of a connector; its private part is sealed. At most one is active."""

    is_configuration = True

    connector = TenantForeignKey(SsoConnector, related_name="signing_keys")
    sealed_private_key = models.BinaryField(editable=False)
    certificate = models.TextField(editable=False)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connector"], condition=Q(active=True), name="sso_signing_key_one_active"
            )
        ]


class UsedAssertion(EntityModel):
    """A SAML assertion, or another credential that serves once, that has signed somebody in; `id` is a digest of it and
    of its connector.

    The primary key makes it single use; the row is needed until the assertion itself has expired.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="used_assertion_expiry")]
