"""What the Management API keeps of its own."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import TenantModel


class KeptAnswer(TenantModel):
    """The answer to a request that named an `Idempotency-Key`, written in the transaction of what the request changed.

    `key_digest` is of the client and its key, `request_digest` of what was sent. `sealed_body` is `None` if the answer
    was too large to be kept.
    """

    id = models.BigAutoField(primary_key=True)
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    sealed_body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key_digest"], name="kept_answer_key")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return self.key_digest
