"""How long figures are kept."""

from datetime import timedelta

from django.conf import settings

from common.clock import now
from events.figures.models import DailyActiveUser, DailyFigure
from events.figures.names import ACTIVITY_DAYS

_BATCH = 10_000


def delete_old_figures() -> None:
    """Delete the current tenant's rows of users and days beyond `ACTIVITY_DAYS`, and figures beyond
    `FIGURES_RETENTION_DAYS` (0 keeps them). In batches; may be stopped and run again at any time.
    """
    today = now().date()
    old = DailyActiveUser.objects.filter(date__lt=today - timedelta(days=ACTIVITY_DAYS))
    while ids := list(old.order_by("date").values_list("id", flat=True)[:_BATCH]):
        DailyActiveUser.objects.filter(id__in=ids).delete()
    if days := settings.FIGURES_RETENTION_DAYS:
        DailyFigure.objects.filter(date__lt=today - timedelta(days=days)).delete()
