"""Sign-in sessions, the grants given in them, and authorization requests that wait for the user."""

from typing import NamedTuple

from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application
from applications.models.document_clients import DocumentClientModel, is_document_address
from identity.models import User
from organizations.models import OrganizationMember
from tenants.models import EntityModel, TenantForeignKey


class Session(EntityModel):
    """A browser's single sign-on session. `id` is the public `uid`; the cookie's value is kept as SHA-256."""

    cookie_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    user = TenantForeignKey(User, related_name="sessions")
    authenticated_at = models.DateTimeField(help_text="The user's last active sign-in: `auth_time`.")
    last_submission = models.JSONField(default=dict, help_text="How the user signed in.")
    client_id = models.CharField(max_length=2048, blank=True, help_text="The client of that sign-in.")
    user_agent = models.TextField(blank=True)
    ip = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "user", "-created_at"], name="session_user"),
            models.Index(fields=["expires_at"], name="session_expiry"),
        ]


class Grant(DocumentClientModel):
    """What a user has granted an application: OIDC scopes, and scopes by resource indicator."""

    user = TenantForeignKey(User, related_name="grants")
    application = TenantForeignKey(Application, related_name="grants")
    cimd_client_name = models.CharField(max_length=256, blank=True, db_default="", help_text="As it called itself.")
    scopes = models.JSONField(default=list, help_text="OIDC scopes.")
    resource_scopes = models.JSONField(default=dict, help_text="`{indicator: [scope, …]}`.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "user", "application"], name="grant_user_application"),
            models.Index(fields=["expires_at"], name="grant_expiry"),
        ]


class GrantOrganization(EntityModel):
    """The one organization that a user lets a client with a metadata document into with a grant.

    It goes with the grant, and with the membership.
    """

    grant = TenantForeignKey(Grant, related_name="organizations")
    member = TenantForeignKey(OrganizationMember, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "grant"], name="grant_one_organization")]
        indexes = [models.Index(fields=["tenant", "member"], name="grant_organization_member")]


class SessionAuthorization(DocumentClientModel):
    """An application that was authorized in a session; `id` is the `sid` it knows the session by."""

    session = TenantForeignKey(Session, related_name="authorizations")
    application = TenantForeignKey(Application, related_name="+")
    grant = TenantForeignKey(Grant, related_name="session_authorizations")
    persists_logout = models.BooleanField(default=False, help_text="Granted `offline_access`: outlives sign-out.")
    origin = models.CharField(max_length=512, blank=True, help_text="Where it authorized last: whose issuer it knows.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "session", "application", "cimd_client_id"], name="session_authorization"
            )
        ]


class UserOrigin(NamedTuple):
    """The client through which a user comes, in the words of `identity.services.users`: one of the two."""

    application_id: str | None
    cimd_client_id: str | None


class AuthorizationRequest(EntityModel):
    """An authorization request that waits for the user to sign in or consent. `id` is the interaction's `uid`."""

    class Prompt(models.TextChoices):
        LOGIN = "login"
        CONSENT = "consent"

    application = TenantForeignKey(Application, related_name="+")
    parameters = models.JSONField(help_text="The validated request parameters.")
    origin = models.CharField(max_length=512, help_text="Where the browser asked: scheme, host and port.")
    prompt = models.CharField(max_length=16, choices=Prompt)
    reasons = models.JSONField(default=list)
    session = TenantForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    # Where a user signs in to answer a device, not to be sent back to an application.
    device_grant = TenantForeignKey("oidc.DeviceGrant", models.CASCADE, null=True, related_name="+")
    # The outcome, once there is one.
    user = TenantForeignKey(User, models.CASCADE, null=True, related_name="+")
    submission = models.JSONField(default=dict)
    error = models.CharField(max_length=64, blank=True)
    error_description = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="authorization_request_expiry")]

    @property
    def journey_id(self) -> str:
        """The id of the request with which the journey began that this one is part of: mostly its own."""
        return str(self.parameters.get("journey") or self.id)

    @property
    def client_id(self) -> str:
        """The client that asks, as it named itself."""
        named = self.parameters.get("client_id", "")
        return named if is_document_address(named) else self.application_id

    @property
    def origin_of_user(self) -> UserOrigin:
        """The client through which a user comes."""
        client_id = self.client_id
        return UserOrigin(None, client_id) if is_document_address(client_id) else UserOrigin(client_id, None)
