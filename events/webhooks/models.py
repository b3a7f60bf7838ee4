"""A tenant's webhooks, what is to be sent to them (the outbox), and what came of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from common.ids import new_id
from tenants.models import EntityModel, TenantForeignKey, TenantModel


class Hook(EntityModel):
    """An endpoint of the tenant's, and the events that it is sent.

    Its configuration (`url`, `headers?`, `retries?`) and its signing key are sealed: both are secrets more often than
    not. `event` is the only event of a hook that has no list of them. While it is paused, what is to be sent waits.
    """

    is_configuration = True

    class PauseReason(models.TextChoices):
        UNREACHABLE = "unreachable"
        GONE = "gone"

    name = models.CharField(max_length=256, blank=True, default="")
    event = models.CharField(max_length=128, null=True, blank=True)
    events = models.JSONField(default=list)
    sealed_config = models.BinaryField(editable=False)
    sealed_signing_key = models.BinaryField(editable=False)
    # The key before the last rotation, which signs as well for a while.
    sealed_previous_key = models.BinaryField(null=True, editable=False)
    previous_key_expires_at = models.DateTimeField(null=True, editable=False)
    enabled = models.BooleanField(default=True)
    is_ordered = models.BooleanField(default=False, help_text="Whether events are sent one by one, in their order.")
    paused_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(max_length=16, choices=PauseReason, blank=True, default="", editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "webhook"
        indexes = [models.Index(fields=["tenant", "id"], name="hook_tenant")]

    def __str__(self) -> str:
        return self.name or self.id


class Delivery(TenantModel):
    """An event on its way to a hook. `id` is the order of the events, `message_id` is what everybody knows it by.

    `body` is what is sent, byte for byte. It is due at `due_at`; whoever sends it has leased it until `leased_until`,
    so that another takes it if that one dies.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=21, default=new_id, editable=False)
    hook = TenantForeignKey(Hook, related_name="deliveries")
    event = models.CharField(max_length=128)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    # Since it was recorded, or replayed.
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=21, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["tenant", "message_id"], name="delivery_message")]
        indexes = [
            models.Index(fields=["tenant", "hook", "due_at"], name="delivery_due", condition=Q(state="pending")),
            models.Index(fields=["tenant", "hook", "id"], name="delivery_next", condition=Q(state="pending")),
            models.Index(fields=["tenant"], name="delivery_leased", condition=Q(leased_until__isnull=False)),
            models.Index(fields=["tenant", "hook", "-created_at", "-id"], name="delivery_of_hook"),
            models.Index(fields=["tenant", "created_at", "id"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Attempt(EntityModel):
    """One request that was sent, and what was answered. `status` is absent if there was no answer."""

    hook = TenantForeignKey(Hook, related_name="attempts")
    # Whoever deletes deliveries deletes their attempts, in one statement each.
    delivery = TenantForeignKey(Delivery, models.DO_NOTHING, related_name="attempts")
    is_success = models.BooleanField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True, default="", help_text="The beginning of the body of the answer.")
    error = models.CharField(max_length=256, blank=True, default="")
    duration = models.PositiveIntegerField(help_text="In milliseconds.")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "hook", "-created_at"], name="attempt_of_hook", include=["is_success"]),
            models.Index(
                fields=["tenant", "hook", "-created_at"], name="attempt_success", condition=Q(is_success=True)
            ),
            models.Index(fields=["tenant", "delivery", "created_at"], name="attempt_of_delivery"),
        ]
