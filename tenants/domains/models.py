"""What is known of a domain from looking at it."""

from enum import StrEnum

from django.db import models
from django.db.models.functions import Now

from tenants.models import Domain, TenantForeignKey, TenantModel


class Problem(StrEnum):
    """Why a domain is not active, or will soon be no longer."""

    OWNERSHIP_MISSING = "ownership_missing"
    OWNERSHIP_DIFFERENT = "ownership_different"
    ROUTE_MISSING = "route_missing"
    ROUTE_DIFFERENT = "route_different"
    LOOKUP_FAILED = "lookup_failed"
    IN_USE = "in_use"
    NO_CERTIFICATE = "no_certificate"
    NEVER_PROVED = "never_proved"
    RECORDS_GONE = "records_gone"


class DomainCheck(TenantModel):
    """The last look at a domain's records and certificate, and when the next is due.

    Not part of `Domain`, which is configuration: a look that changes nothing must not drop what processes cache.
    """

    id = models.BigAutoField(primary_key=True)
    domain = TenantForeignKey(Domain, models.CASCADE, related_name="checks")
    problem = models.CharField(max_length=32, default="", blank=True, help_text="A `Problem`.")
    found = models.CharField(
        max_length=256, default="", blank=True, help_text="What was there instead, in a few words."
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, db_default=Now(), help_text="Null if nobody looks again.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Looks in a row that led nowhere.")
    missing_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when the records of a proved domain are gone."
    )
    is_contested = models.BooleanField(default=False, help_text="Another tenant has the records for this domain.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="domain_check_once")]
        indexes = [models.Index(fields=["next_at"], name="domain_check_due")]
