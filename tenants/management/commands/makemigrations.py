"""`makemigrations`, run as the database's owner: it also works before the application's roles exist."""

from typing import Any

from django.core.management.commands import makemigrations

from tenants.context import owner_scope


class Command(makemigrations.Command):
    """Django's `makemigrations`."""

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_scope():
            super().handle(*args, **options)
