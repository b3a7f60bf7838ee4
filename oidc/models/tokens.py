"""Codes and tokens. Only SHA-256 digests of their values are kept (RFC 9700 section 4)."""

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from identity.models import User
from oidc.models.application import Application
from oidc.models.session import Grant, Session
from tenants.models import EntityModel, TenantForeignKey


class AuthorizationCode(EntityModel, AbstractGrant):
    """An authorization code (RFC 6749 section 4.1). `code` is the digest; `consumed_at` makes it single use."""

    code = models.CharField(max_length=64, unique=True, editable=False)
    user = TenantForeignKey(User, related_name="+")
    application = TenantForeignKey(Application, related_name="+")
    grant = TenantForeignKey(Grant, related_name="authorization_codes")
    session = TenantForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    sid = models.CharField(max_length=21, blank=True)
    auth_time = models.DateTimeField()
    auth_time_requested = models.BooleanField(default=False, help_text="`max_age` was sent: the ID token says when.")
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires"], name="code_expires")]


class AccessToken(EntityModel, AbstractAccessToken):
    """An opaque access token. JWT access tokens have no row."""

    token = None
    source_refresh_token = None
    id_token = None
    token_checksum = models.CharField(max_length=64, unique=True, editable=False)
    user = TenantForeignKey(User, null=True, related_name="+")
    application = TenantForeignKey(Application, related_name="+")
    grant = TenantForeignKey(Grant, null=True, related_name="access_tokens")
    session = TenantForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    extra_claims = models.JSONField(default=dict)
    expires_with_session = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["expires"], name="access_token_expires")]


class RefreshToken(EntityModel, AbstractRefreshToken):
    """A refresh token. Its family is everything of its grant; `consumed_at` marks a rotated one."""

    token = None
    access_token = None
    token_family = None
    token_checksum = models.CharField(max_length=64, unique=True, editable=False)
    user = TenantForeignKey(User, related_name="+")
    application = TenantForeignKey(Application, related_name="+")
    grant = TenantForeignKey(Grant, related_name="refresh_tokens")
    session = TenantForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    scope = models.TextField(blank=True)
    nonce = models.CharField(max_length=255, blank=True)
    sid = models.CharField(max_length=21, blank=True)
    auth_time = models.DateTimeField()
    auth_time_requested = models.BooleanField(default=False)
    family_started_at = models.DateTimeField(help_text="When the first token of the rotation was issued.")
    expires = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)
    expires_with_session = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["expires"], name="refresh_token_expires")]


class IDToken(EntityModel, AbstractIDToken):
    """ID tokens are not stored; the library needs the model to exist."""

    user = TenantForeignKey(User, null=True, related_name="+")
    application = TenantForeignKey(Application, null=True, related_name="+")

    class Meta(AbstractIDToken.Meta):
        abstract = False


class DeviceGrant(EntityModel, AbstractDeviceGrant):
    """A pending device authorization (RFC 8628)."""

    user = TenantForeignKey(User, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device_code"], name="device_grant_device_code"),
        ]
