"""Applications: the clients of the provider, their secrets and their global roles."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from oauth2_provider.models import AbstractApplication

from access.models import Role
from tenants.models import EntityModel, TenantForeignKey, TenantManager, TenantQuerySet

# The clients every tenant is born with; what they are stands in `oidc.built_in`.
DEMO_APP = "demo-app"
DEVICE_DEMO_APP = "device-demo-app"
BUILT_IN_IDS = frozenset({DEMO_APP, DEVICE_DEMO_APP})


class ApplicationType(models.TextChoices):
    """What an application is; decides its grants and how it authenticates."""

    NATIVE = "Native"
    SPA = "SPA"
    TRADITIONAL = "Traditional"
    MACHINE_TO_MACHINE = "MachineToMachine"
    PROTECTED = "Protected"
    SAML = "SAML"


_CONFIDENTIAL = frozenset(
    {
        ApplicationType.TRADITIONAL,
        ApplicationType.MACHINE_TO_MACHINE,
        ApplicationType.PROTECTED,
        ApplicationType.SAML,
    }
)


class ApplicationManager(TenantManager["Application"]):
    """Sees the applications that developers look after.

    Not the built-in ones, nor the one that stands for clients with a metadata document.
    """

    def get_queryset(self) -> "TenantQuerySet[Application]":
        known = super().get_queryset().exclude(id__in=BUILT_IN_IDS)
        return known.exclude(registration_source=Application.RegistrationSource.CIMD)


class Application(EntityModel, AbstractApplication):
    """A client of the provider. `id` is the `client_id`.

    `oidc_client_metadata` and `custom_client_metadata` hold the JSON of the Management API; what django-oauth-toolkit
    asks of an application is derived from them and from `type`. `registration_source` says who registered it: a
    developer or the client itself (RFC 7591). At most one row of a tenant is no client but stands for all whose
    `client_id` is the address of their metadata (`oidc.cimd`): what they are granted refers to it, and what it may ask
    users for is the ceiling of every client that nobody here has checked.

    Built-in applications have the same id in every tenant, so the database's primary key is `(tenant, id)`. Their rows
    are there to be referred to; like the stand-in, they are hidden from `objects`.
    """

    is_configuration = True

    objects: ClassVar[TenantManager[Self]] = ApplicationManager()
    with_hidden: ClassVar[TenantManager[Self]] = TenantManager()

    name = models.CharField(max_length=256)
    description = models.TextField(null=True, blank=True)
    type = models.CharField(max_length=16, choices=ApplicationType)
    oidc_client_metadata = models.JSONField(default=dict, blank=True)
    custom_client_metadata = models.JSONField(default=dict, blank=True)
    protected_app_metadata = models.JSONField(null=True, blank=True)
    custom_data = models.JSONField(default=dict, blank=True)
    is_third_party = models.BooleanField(default=False)
    app_level_access_control_enabled = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    roles = models.ManyToManyField(Role, through="ApplicationRole", related_name="applications")

    # Replaced by the metadata above, by `ApplicationSecret`, or not ours.
    user = None
    client_secret = None
    hash_client_secret = False
    cimd_expires_at = None
    created = None
    updated = None
    algorithm = AbstractApplication.NO_ALGORITHM

    class Meta:
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="application_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(registration_source="cimd"), name="application_one_stand_in"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def client_id(self) -> str:
        return self.id

    @property
    def redirect_uri_list(self) -> list[str]:
        return list(self.oidc_client_metadata.get("redirectUris", []))

    @property
    def post_logout_redirect_uri_list(self) -> list[str]:
        return list(self.oidc_client_metadata.get("postLogoutRedirectUris", []))

    @property
    def redirect_uris(self) -> str:
        return " ".join(self.redirect_uri_list)

    @property
    def post_logout_redirect_uris(self) -> str:
        return " ".join(self.post_logout_redirect_uri_list)

    @property
    def allowed_origins(self) -> str:
        return " ".join(self.custom_client_metadata.get("corsAllowedOrigins", []))

    @property
    def is_confidential(self) -> bool:
        return self.type in _CONFIDENTIAL

    @property
    def registered_itself(self) -> bool:
        """Whether nobody here but the client has registered it (RFC 7591)."""
        return self.registration_source == self.RegistrationSource.DCR

    @property
    def is_unverified(self) -> bool:
        """Whether no developer has registered it: it did so itself, or stands for clients with a document."""
        return self.registration_source != self.RegistrationSource.MANUAL

    @property
    def client_type(self) -> str:
        return self.CLIENT_CONFIDENTIAL if self.is_confidential else self.CLIENT_PUBLIC

    @property
    def authorization_grant_type(self) -> str:
        machine = self.type == ApplicationType.MACHINE_TO_MACHINE
        return self.GRANT_CLIENT_CREDENTIALS if machine else self.GRANT_AUTHORIZATION_CODE

    @property
    def skip_authorization(self) -> bool:
        return not self.is_third_party

    def clean(self) -> Any:
        """Nothing here: `oidc.services.applications` validates, for every caller alike."""


class ApplicationSecret(EntityModel):
    """A named secret. The value is sealed, because the API shows it again; it is compared through its SHA-256."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="secrets")
    name = models.CharField(max_length=256)
    sealed_value = models.BinaryField(editable=False)
    value_sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "name"], name="application_secret")]

    def __str__(self) -> str:
        return self.name


class ApplicationRole(EntityModel):
    """A global role of a machine-to-machine application."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="application_roles")
    role = TenantForeignKey(Role, related_name="application_roles", limit_choices_to=Q(type="MachineToMachine"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "role"], name="application_role")]
