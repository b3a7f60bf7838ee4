"""`delete_tenant`: a tenant goes with everything it owns."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import AppError
from console.tenancy import remove_tenant
from tenants.models import Tenant


class Command(BaseCommand):
    """Deletes a tenant after its id was typed again."""

    help = "Delete a tenant with its users, applications, organizations, keys and history. This cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="the tenant's id")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(id=options["id"]).first()
        if tenant is None:
            raise CommandError(f"there is no tenant {options['id']}")
        if not options["yes"] and input(f"Type {tenant.id} to delete {tenant.name} for good: ") != tenant.id:
            raise CommandError("nothing was deleted")
        try:
            remove_tenant(tenant, actor=SYSTEM)
        except AppError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{tenant.name} was deleted")
