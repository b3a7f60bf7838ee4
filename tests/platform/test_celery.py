"""The Celery application."""

from celery import current_app
from django.conf import settings

from config import celery_app


def test_tasks_of_every_room_bind_to_our_application() -> None:
    assert current_app._get_current_object() is celery_app


def test_every_scheduled_task_exists() -> None:
    celery_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(celery_app.tasks)
