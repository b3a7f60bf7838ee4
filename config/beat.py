"""The scheduler of Celery beat: `CELERY_BEAT_SCHEDULER`."""

from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from django.db import close_old_connections


class Scheduler(PersistentScheduler):
    """Celery's own, which lets go of database connections that have failed.

    Without Redis the tasks run in beat itself, and nobody else looks after its connections: after a restart of the
    database every task would fail until beat is restarted, too.
    """

    def apply_async(self, entry: ScheduleEntry, *arguments: Any, **options: Any) -> Any:
        """Send a task that is due, or run it."""
        close_old_connections()
        try:
            return super().apply_async(entry, *arguments, **options)
        finally:
            close_old_connections()
