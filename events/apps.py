from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from common.actors import Actor


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Audit"

    def ready(self) -> None:
        from common import error_pages
        from events import errors  # noqa: F401
        from events.error_pages import record_error_page
        from events.history import Subject, record
        from events.partitions import ensure_partitions_if_free
        from events.webhooks import outbox
        from tenants import announcing

        def listen(event: str, *, actor: Actor, kind: str, id: str, name: str = "", **details: Any) -> None:
            record(event, actor=actor, subject=Subject(kind, id, name), **details)

        announcing.listen(listen)
        error_pages.listen(record_error_page)
        post_migrate.connect(ensure_partitions_if_free, sender=self, dispatch_uid="events.partitions")
        outbox.connect()
