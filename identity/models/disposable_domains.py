"""The installation's list of disposable domains, once it has been refreshed."""

from django.db import models


class DisposableDomainList(models.Model):
    """One row for the whole installation: every process reads the same list. Without it the shipped one counts."""

    ROW_ID = 1

    id = models.SmallIntegerField(primary_key=True, default=ROW_ID)
    version = models.CharField(max_length=64, help_text="SHA-256 of the domains: processes notice a change by it.")
    domains = models.TextField(help_text="One a line, sorted, as DNS sees them.")
    source = models.CharField(max_length=2048)
    refreshed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="disposable_domain_list_one")]
