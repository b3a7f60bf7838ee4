"""The Celery application: mail, SMS, webhooks, back-channel logouts, daily aggregates and clean-ups.

Tasks live in each app's `tasks.py`. The beat schedule is `CELERY_BEAT_SCHEDULE` in the settings. Without `REDIS_URL`
tasks run in the process that calls them.
"""

import logging
import os
from functools import cached_property
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.apps import apps
from django.conf import settings

# Django's checks load every page there is, and a worker serves none. The web processes and `migrate` make them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")


class GatehouseCelery(Celery):
    """Celery with a beat of our own."""

    @cached_property
    def Beat(self, **_: Any) -> Any:
        """The class of `celery beat`."""
        return self.subclass_with_self("config.beat:Beat")  # type: ignore[arg-type]  # the stubs lack names


app = GatehouseCelery("gatehouse")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Named here, because this module may be imported before the settings module is chosen.
app.autodiscover_tasks(lambda: [room.name for room in apps.get_app_configs()])
app.steps["consumer"].add("config.lanes:LaneConsumers")  # by name: others than workers need none of it
# The current app is otherwise known to the importing thread alone, and requests run in others.
app.set_default()


@setup_logging.connect
def configure_logging(*, loglevel: int | None = None, **_: Any) -> None:
    """Workers and beat log as the web processes do: the same lines, without personal data."""
    dictConfig(settings.LOGGING)
    if loglevel is not None:
        logging.getLogger().setLevel(loglevel)
