"""What the figures of a tenant are made of."""

from django.db import models

from tenants.models import TenantModel


class DailyActiveUser(TenantModel):
    """A user got a token on a day (UTC).

    Kept as long as windows of activity reach (`names.ACTIVITY_DAYS`), also of a user who has been deleted since:
    whoever was active then was.
    """

    id = models.BigAutoField(primary_key=True)
    user_id = models.CharField(max_length=21)
    date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user_id", "date"], name="daily_active_user")]
        indexes = [models.Index(fields=["tenant", "date"], name="daily_active_user_date")]


class DailyFigure(TenantModel):
    """A number of a day (UTC), by its name in `events.figures.names`."""

    id = models.BigAutoField(primary_key=True)
    date = models.DateField()
    name = models.CharField(max_length=64)
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "date", "name"], name="daily_figure")]
