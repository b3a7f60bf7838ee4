"""Settings, URLs, and the entry points of the web server, of Celery and of commands."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
