"""Addresses that messages do not reach."""

from django.db import models

from tenants.models import EntityModel


class DeliveryProblem(EntityModel):
    """What a provider last reported of an address, which itself is not kept: it is looked for by its digest.

    A row that was cleared stays as a mark: reports from before do not bring the problem back.
    """

    channel = models.CharField(max_length=8)
    address_digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, help_text="A `ProblemKind`.")
    reason = models.CharField(max_length=16, help_text="A `ProblemReason`.")
    factory_id = models.CharField(max_length=128)
    connector_id = models.CharField(max_length=128)
    occurred_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    event_digests = models.JSONField(default=list, help_text="Of the latest reports, so that none counts twice.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "address_digest"], name="delivery_problem_of_address")
        ]
        indexes = [models.Index(fields=["tenant", "changed_at"], name="delivery_problem_changed")]

    def __str__(self) -> str:
        return self.kind
