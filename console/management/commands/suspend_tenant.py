"""`suspend_tenant`: a tenant goes off the air, or comes back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import AppError
from tenants.models import Tenant
from tenants.services.tenants import set_tenant_suspended


class Command(BaseCommand):
    """Suspends a tenant, or resumes it."""

    help = "Suspend a tenant: its host answers like one that does not exist. Nothing is deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="the tenant's id")
        parser.add_argument("--resume", action="store_true", help="put the tenant back on the air")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(id=options["id"]).first()
        if tenant is None:
            raise CommandError(f"there is no tenant {options['id']}")
        try:
            set_tenant_suspended(tenant, suspended=not options["resume"], actor=SYSTEM)
        except AppError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{tenant.name} was {'resumed' if options['resume'] else 'suspended'}")
