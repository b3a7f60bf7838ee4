"""`flush`, run as the database's owner: emptying tables is not granted to the application's roles."""

from typing import Any

from django.core.management.commands import flush

from tenants.context import owner_scope


class Command(flush.Command):
    """Django's `flush`."""

    def handle(self, **options: Any) -> None:
        with owner_scope():
            super().handle(**options)
