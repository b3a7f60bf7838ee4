"""Codes and tokens. Only SHA-256 digests of their values are kept (RFC 9700 section 4)."""

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from applications.models.application import Application
from identity.models import User
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
    amr = models.CharField(max_length=128, blank=True, db_default="", help_text="How the user signed in (RFC 8176).")
    organization_id = models.CharField(max_length=21, blank=True, db_default="", help_text="Signed in to this one.")
    dpop_jkt = models.CharField(max_length=43, blank=True, db_default="", help_text="Key it is bound to (RFC 9449).")
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
    dpop_jkt = models.CharField(max_length=43, blank=True, db_default="")
    claims = models.TextField(blank=True, db_default="", help_text="Claims asked for by name (OIDC Core 5.5).")
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
    amr = models.CharField(max_length=128, blank=True, db_default="")
    organization_id = models.CharField(max_length=21, blank=True, db_default="")
    dpop_jkt = models.CharField(max_length=43, blank=True, db_default="", help_text="Set for public clients alone.")
    claims = models.TextField(blank=True, db_default="", help_text="Claims asked for by name (OIDC Core 5.5).")
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
    """A device that asks for access (RFC 8628). `device_code` is the digest, `user_code` the bare letters.

    Once a user has approved it, it is what an authorization code is: their grant, to be redeemed once.
    """

    device_code = models.CharField(max_length=64, editable=False)
    user_code = models.CharField(max_length=8, editable=False)
    last_checked = models.DateTimeField(null=True, help_text="When the device asked last whether there is an answer.")
    application = TenantForeignKey(Application, related_name="+")
    parameters = models.JSONField(help_text="The validated request parameters.")
    origin = models.CharField(max_length=512, help_text="Where the device asked: scheme, host and port.")
    created = models.DateTimeField()
    # The answer, once there is one.
    user = TenantForeignKey(User, null=True, related_name="+")
    grant = TenantForeignKey(Grant, null=True, related_name="+")
    session = TenantForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    sid = models.CharField(max_length=21, blank=True)
    resource = models.JSONField(default=list)
    nonce = models.CharField(max_length=255, blank=True)
    auth_time = models.DateTimeField(null=True)
    auth_time_requested = models.BooleanField(default=False)
    amr = models.CharField(max_length=128, blank=True, db_default="")
    organization_id = models.CharField(max_length=21, blank=True, db_default="")
    expires_with_session = models.BooleanField(default=False)
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device_code"], name="device_grant_device_code"),
            models.UniqueConstraint(fields=["tenant", "user_code"], name="device_grant_user_code"),
        ]
        indexes = [models.Index(fields=["expires"], name="device_grant_expires")]

    @property
    def client_id(self) -> str:
        return self.application_id
