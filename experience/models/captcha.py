"""Proof that a person, or at least some work, stands behind a sign-in."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class CaptchaProvider(EntityModel):
    """What verifies the captchas of a tenant, which has one at most. The configuration is sealed as a whole."""

    is_configuration = True

    sealed_config = models.BinaryField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="captcha_provider_one")]


class SpentCaptcha(EntityModel):
    """A proof of work that has counted once and does not again, kept until it would have expired.

    `digest` is the SHA-256 of the challenge, in hexadecimal.
    """

    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="spent_captcha_digest")]
        indexes = [models.Index(fields=["expires_at"], name="spent_captcha_expiry")]
