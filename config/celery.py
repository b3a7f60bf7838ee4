"""The Celery application: mail, SMS, webhooks, back-channel logouts, daily aggregates and clean-ups.

Tasks live in each app's `tasks.py`. The beat schedule is `CELERY_BEAT_SCHEDULE` in the settings. Without `REDIS_URL`
tasks run in the process that calls them.
"""

from celery import Celery

app = Celery("gatehouse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The current app is otherwise known to the importing thread alone, and requests run in others.
app.set_default()
