"""`migrate`, run as the database's owner, with the tenant isolation brought up to date at its end."""

from typing import Any

from django.core.management.commands import migrate

from tenants.context import owner_scope
from tenants.isolation import ensure_isolation


class Command(migrate.Command):
    """Django's `migrate`; the application's own roles may not change the schema."""

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_scope():
            super().handle(*args, **options)
            if not (options.get("plan") or options.get("check_unapplied")):
                ensure_isolation()
