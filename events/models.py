"""The audit log; the models of webhooks and streams stand with it."""

from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models.functions import Now

from common.clock import to_milliseconds
from events.figures.models import DailyActiveUser, DailyFigure
from events.streams.models import LogStream
from events.webhooks.models import Attempt, Delivery, Hook
from tenants.models import EntityModel

__all__ = [
    "TRACE_BEGINNINGS",
    "Attempt",
    "AuditLog",
    "DailyActiveUser",
    "DailyFigure",
    "Delivery",
    "Hook",
    "LogStream",
]

#: With these begin the keys that `GET /api/logs` lists. Deliveries of webhooks are read with the webhook.
LISTED_PREFIXES = (
    "ApplicationAccessControl",
    "BackchannelLogout",
    "ExchangeTokenBy",
    "RevokeToken",
    "RevokeGrants",
    "RevokeSession",
    "Interaction",
    "JwtCustomizer",
    "OneTimeToken",
    "SamlApplication",
    "Action",
    "Unknown",
)
#: The entries with such keys; an index has these alone, and serves who asks in these very words.
IS_LISTED = reduce(or_, (models.Q(key__startswith=prefix) for prefix in LISTED_PREFIXES))

#: The events with which a sign-in trace begins: of a journey, or of what was refused before there was one.
TRACE_BEGINNINGS = ("Interaction.Create", "Interaction.Refused", "ErrorPage")


class CurrentTransaction(models.Func):
    """The number of the transaction under way. PostgreSQL counts up, in 64 bits, and uses none twice."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
    arity = 0


class AuditLog(EntityModel):
    """One event. `payload` holds `result`, `error?`, `ip?`, `userAgent?`, `userId?`, `applicationId?` … sanitized.

    The table is partitioned by months of `created_at` (see `partitions`), so PostgreSQL keeps an id unique together
    with its moment alone. Nothing refers to an entry.
    """

    key = models.CharField(max_length=128)
    payload = models.JSONField(default=dict)
    user_id = models.CharField(max_length=21, null=True, blank=True)
    application_id = models.CharField(max_length=128, null=True, blank=True)
    # The sign-in journey that it is a step of, by the id of the authorization request with which that began.
    journey_id = models.CharField(max_length=21, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # The order in which streams send entries: what commits later than what was sent has a higher one (see `streams`).
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = "audit log entry"
        verbose_name_plural = "audit log entries"
        indexes = [
            models.Index(fields=["tenant", "-created_at", "id"], name="audit_log_time"),
            models.Index(fields=["tenant", "-created_at", "id"], name="audit_log_listed", condition=IS_LISTED),
            models.Index(fields=["tenant", "transaction_id"], name="audit_log_transaction"),
            models.Index(fields=["tenant", "key", "-created_at"], name="audit_log_key"),
            # With the key, those that are listed are counted without reading them.
            models.Index(fields=["tenant", "user_id", "-created_at"], name="audit_log_user", include=["key"]),
            models.Index(
                fields=["tenant", "application_id", "-created_at"], name="audit_log_application", include=["key"]
            ),
            models.Index(
                fields=["tenant", "journey_id", "created_at"],
                name="audit_log_journey",
                condition=models.Q(journey_id__isnull=False),
            ),
            # For an application's traces: most of its entries are tokens that it has refreshed.
            models.Index(
                fields=["tenant", "application_id", "key", "-created_at"],
                name="audit_log_beginning",
                condition=models.Q(key__in=TRACE_BEGINNINGS),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def as_json(self) -> dict[str, Any]:
        """Return it as it is on the wire."""
        return {
            "tenantId": self.tenant_id,
            "id": self.id,
            "key": self.key,
            "payload": self.payload,
            "createdAt": to_milliseconds(self.created_at),
        }
