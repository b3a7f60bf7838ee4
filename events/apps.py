from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Audit"

    def ready(self) -> None:
        from events import errors  # noqa: F401
