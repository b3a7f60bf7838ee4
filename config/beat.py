"""Celery beat as Gatehouse runs it."""

from typing import Any

from celery.apps import beat
from celery.beat import PersistentScheduler, ScheduleEntry
from django.conf import settings
from django.db import close_old_connections


class Beat(beat.Beat):
    """The class of `celery beat`. With a queue it loads no applications: it sends names of tasks, which workers know.

    Without a queue the tasks run in beat itself.
    """

    def init_loader(self) -> None:
        """Import what is going to be run here."""
        if settings.CELERY_TASK_ALWAYS_EAGER:
            super().init_loader()


class Scheduler(PersistentScheduler):
    """`CELERY_BEAT_SCHEDULER`: Celery's own, which lets go of database connections that have failed.

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
