"""Accounts at other providers that are linked to a user, and the tokens that those have issued."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connectors.models import Connector, SsoConnector
from identity.models.user import User
from tenants.models import EntityModel, TenantForeignKey


class SocialIdentity(EntityModel):
    """Whose a provider's account is: what uniqueness and look-ups compare.

    What the provider says of it stands in `User.identities`, by `target`.
    """

    user = TenantForeignKey(User, related_name="social_identities")
    target = models.CharField(max_length=128)
    identity_id = models.CharField(max_length=256)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "social identities"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "target", "identity_id"], name="social_identity"),
            models.UniqueConstraint(fields=["tenant", "user", "target"], name="social_identity_of_user"),
        ]

    def __str__(self) -> str:
        return self.target


class SsoIdentity(EntityModel):
    """A user's account at an enterprise's identity provider; `detail` is what that says of it."""

    user = TenantForeignKey(User, related_name="sso_identities")
    connector = TenantForeignKey(SsoConnector, related_name="identities")
    issuer = models.CharField(max_length=1024, help_text="An entity id may have 1,024 characters (SAML 2.0).")
    identity_id = models.CharField(max_length=256)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "enterprise identities"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "connector", "issuer", "identity_id"], name="sso_identity")
        ]
        indexes = [models.Index(fields=["tenant", "user"], name="sso_identity_user")]

    def __str__(self) -> str:
        return self.identity_id


class FederatedTokenSet(EntityModel):
    """The tokens that a provider has issued for a linked account, under envelope encryption (`services.token_vault`).

    `metadata` is `{scope?, expiresAt?, tokenType?, hasRefreshToken}`; it holds no token.
    """

    user = TenantForeignKey(User, related_name="token_sets")
    social_identity = TenantForeignKey(SocialIdentity, null=True, related_name="token_sets")
    connector = TenantForeignKey(Connector, null=True, related_name="token_sets")
    sso_identity = TenantForeignKey(SsoIdentity, null=True, related_name="token_sets")
    encrypted_dek = models.BinaryField(editable=False)
    iv = models.BinaryField(editable=False)
    auth_tag = models.BinaryField(editable=False)
    ciphertext = models.BinaryField(editable=False)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "social_identity"], name="token_set_of_social_identity"),
            models.UniqueConstraint(fields=["tenant", "sso_identity"], name="token_set_of_sso_identity"),
            models.CheckConstraint(
                condition=Q(social_identity__isnull=False) | Q(sso_identity__isnull=False),
                name="token_set_of_an_identity",
            ),
        ]
