"""SAML applications: their service providers, certificates, sign-ins under way, and who is to hear of a sign-out."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from applications.models import Application
from common.saml.names import NAME_ID_EMAIL, NAME_ID_PERSISTENT, NAME_ID_TRANSIENT, NAME_ID_UNSPECIFIED
from oidc.models import Session
from tenants.models import EntityModel, TenantForeignKey


class NameIdFormat(models.TextChoices):
    """What the name of a user is (SAML core 8.3)."""

    PERSISTENT = NAME_ID_PERSISTENT, "Persistent: the user's ID"
    EMAIL = NAME_ID_EMAIL, "Email address"
    TRANSIENT = NAME_ID_TRANSIENT, "Transient: another name each time"
    UNSPECIFIED = NAME_ID_UNSPECIFIED, "Unspecified: the user's ID"


class SamlApplicationConfig(EntityModel):
    """The service provider of a SAML application. JSON is that of the Management API."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="saml_configs")
    attribute_mapping = models.JSONField(default=dict, help_text="Claim → name of the attribute.")
    entity_id = models.CharField(max_length=128, null=True)
    acs_url = models.JSONField(null=True, help_text="`{binding, url}`")
    encryption = models.JSONField(null=True, help_text="`{encryptAssertion, encryptThenSign, certificate}`")
    name_id_format = models.CharField(max_length=128, choices=NameIdFormat, default=NameIdFormat.PERSISTENT)
    signing_certificate = models.TextField(null=True, help_text="What the service provider signs with, PEM.")
    slo_url = models.JSONField(null=True, help_text="`{binding, url}` of its single logout service.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application"], name="saml_config")]


class SamlApplicationSecret(EntityModel):
    """A key and its certificate; the active one signs."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="saml_secrets")
    sealed_private_key = models.BinaryField(editable=False)
    certificate = models.TextField(help_text="PEM")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application"], condition=Q(active=True), name="saml_secret_one_active"
            )
        ]


class SamlApplicationSession(EntityModel):
    """A sign-in that a service provider asked for, or that was started here, until it is answered.

    An answered one is kept until it expires, so that its request is not answered again.
    """

    application = TenantForeignKey(Application, related_name="+")
    saml_request_id = models.CharField(max_length=128, blank=True, help_text="Empty if nobody asked.")
    oidc_state = models.CharField(max_length=32)
    relay_state = models.CharField(max_length=512, null=True)
    contexts = models.JSONField(default=list, help_text="Authentication contexts that were asked for.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "application", "saml_request_id"], name="saml_session_request"),
            models.Index(fields=["expires_at"], name="saml_session_expiry"),
        ]


class SamlParticipant(EntityModel):
    """A service provider that knows of a sign-in session, and by which names."""

    session = TenantForeignKey(Session, related_name="saml_participants")
    application = TenantForeignKey(Application, related_name="+")
    session_index = models.CharField(max_length=21)
    name_id = models.CharField(max_length=320)
    name_id_format = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "session", "application"], name="saml_participant")]


class SamlLogout(EntityModel):
    """A sign-out on its way from one service provider to the next, in the user's browser."""

    waiting = models.JSONField(default=list, help_text="Who is still to be told.")
    asked = models.JSONField(null=True, help_text="Who was told last, and in which request.")
    answer = models.JSONField(help_text="Where the browser goes when all were told.")
    is_partial = models.BooleanField(default=False, help_text="Somebody did not sign the user out.")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="saml_logout_expiry")]
