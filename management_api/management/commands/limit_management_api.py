"""`limit_management_api`: other limits of requests for one tenant than the installation's."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import AppError
from management_api.rate_limits import API_LIMITS_SETTING
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.settings import delete_setting, get_setting, merge_setting

_MEMBERS = {"per_client": "perClient", "per_tenant": "perTenant"}


class Command(BaseCommand):
    """Sets how many requests of its Management API a tenant's clients may make in a minute."""

    help = "Give a tenant limits of its own on requests of its Management API, in requests a minute; 0 is no limit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="the tenant's id")
        parser.add_argument("--per-client", type=int, help="requests a minute of each client; 0 is no limit")
        parser.add_argument("--per-tenant", type=int, help="requests a minute of all clients together; 0 is no limit")
        parser.add_argument("--reset", action="store_true", help="go back to the installation's limits")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Tenant.objects.filter(id=options["id"]).exists():
            raise CommandError(f"there is no tenant {options['id']}")
        changes = {name: options[key] or None for key, name in _MEMBERS.items() if options[key] is not None}
        with enter_tenant(options["id"]):
            if options["reset"]:
                delete_setting(API_LIMITS_SETTING, actor=SYSTEM)
            try:
                merge_setting(API_LIMITS_SETTING, changes, actor=SYSTEM)
            except AppError as error:
                raise CommandError(f"{error.code}: {error.details or error.message}") from error
            own = get_setting(API_LIMITS_SETTING)
        for name in _MEMBERS.values():
            said = "the installation's" if name not in own else own[name] or "none"
            self.stdout.write(f"{name}: {said}")
