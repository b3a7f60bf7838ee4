"""`create_tenant`: a further tenant, reachable at once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.management import MANAGEMENT_ROLE_NAME
from common.actors import SYSTEM
from common.errors import AppError
from console.management_clients import create_management_client, describe_management_api
from console.tenancy import ConsoleRole, grant_tenant_access
from identity.selectors import find_user_by_identifier
from tenants.context import enter_tenant
from tenants.hosts import ADMIN_TENANT, origin_of_tenant
from tenants.services.tenants import create_tenant


class Command(BaseCommand):
    """Creates a tenant and makes a developer its admin; with `--json` the tenant has a Management API client, too."""

    help = "Create a tenant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="1 to 21 lower-case letters, digits and hyphens; the first label of its host")
        parser.add_argument("--name", help="the name shown in the console; the id by default")
        parser.add_argument("--developer", default="admin", help="username of the developer who becomes its admin")
        parser.add_argument(
            "--json",
            action="store_true",
            help="create a Management API client as well, and print endpoint, issuer, client id and secret as JSON",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        with enter_tenant(ADMIN_TENANT):
            developer = find_user_by_identifier("username", options["developer"])
        if developer is None:
            raise CommandError(f"there is no developer {options['developer']}")
        try:
            tenant = create_tenant(options["id"], name=options["name"] or options["id"])
        except AppError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        grant_tenant_access(developer.id, tenant_id=tenant.id, role=ConsoleRole.ADMIN)
        if options["json"]:
            with enter_tenant(tenant.id):
                result = describe_management_api(create_management_client(actor=SYSTEM))
            self.stdout.write(json.dumps(result, indent=2))
            return
        self.stdout.write(f"{tenant.name} is at {origin_of_tenant(tenant.id)}")
        self.stdout.write(
            "A back end that calls its Management API needs a client: in the console, Applications, Add, type "
            f'Machine-to-machine, with the role "{MANAGEMENT_ROLE_NAME}". With --json this command creates one.'
        )
