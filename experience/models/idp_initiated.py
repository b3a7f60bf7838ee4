"""Sign-ins that begin at an enterprise's identity provider (SAML 2.0, unsolicited responses)."""

from django.db import models
from django.db.models.functions import Now

from applications.models import Application
from connectors.models import SsoConnector
from tenants.models import EntityModel, TenantForeignKey


class IdpInitiatedSignIn(EntityModel):
    """Where users of a connector go who begin at its identity provider. At most one a connector.

    With `auto_send_authorization_request` an authorization request of the application is begun for them, else the
    application is told at `client_callback_uri` and begins one.
    """

    is_configuration = True

    connector = TenantForeignKey(SsoConnector, related_name="+")
    application = TenantForeignKey(Application, related_name="+")
    redirect_uri = models.CharField(max_length=2048, null=True, blank=True)
    auth_parameters = models.JSONField(default=dict, blank=True)
    auto_send_authorization_request = models.BooleanField(default=False)
    client_callback_uri = models.CharField(max_length=2048, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "connector"], name="idp_initiated_one_per_connector")]


class ReceivedAssertion(EntityModel):
    """Who an identity provider has signed in unasked, until the authorization request that follows. Used once.

    The browser holds its id in a cookie; `sealed_sign_in` is what the assertion said.
    """

    connector = TenantForeignKey(SsoConnector, related_name="+")
    sealed_sign_in = models.BinaryField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="received_assertion_expiry")]
