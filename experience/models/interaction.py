"""The state of one sign-in, register or forgot-password journey."""

from django.db import models
from django.db.models.functions import Now

from identity.models import User
from oidc.models import AuthorizationRequest
from tenants.models import EntityModel, TenantForeignKey


class Interaction(EntityModel):
    """What the user has said and proved so far. It lives and dies with its authorization request.

    `records` are the verification records, one a type: `{type, id, …, verified}`; `profile` is what will be written to
    the account at submission. Neither ever holds a password or a code in clear.
    """

    class Event(models.TextChoices):
        SIGN_IN = "SignIn"
        REGISTER = "Register"
        FORGOT_PASSWORD = "ForgotPassword"

    request = TenantForeignKey(AuthorizationRequest, related_name="interactions")
    event = models.CharField(max_length=16, choices=Event)
    user = TenantForeignKey(User, null=True, related_name="+")
    records = models.JSONField(default=list)
    profile = models.JSONField(default=dict)
    context = models.JSONField(default=dict, help_text="Captcha, sign-in context and what the hosted pages remember.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "request"], name="interaction_one_per_request")]
