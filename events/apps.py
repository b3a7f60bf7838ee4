from typing import Any

from django.apps import AppConfig

from common.actors import Actor


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Audit"

    def ready(self) -> None:
        from events import errors  # noqa: F401
        from events.history import Subject, record
        from tenants import announcing

        def listen(event: str, *, actor: Actor, kind: str, id: str, name: str = "", **details: Any) -> None:
            record(event, actor=actor, subject=Subject(kind, id, name), **details)

        announcing.listen(listen)
