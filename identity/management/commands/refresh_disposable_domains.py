"""`manage.py refresh_disposable_domains`: put a newer list of disposable email domains in force."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.http import OutboundRequestError
from identity.services.disposable_domains import UnusableListError, refresh_disposable_domains
from tenants.context import all_tenants_scope


class Command(BaseCommand):
    """Fetches, checks and stores; meant for a timer, once a week."""

    help = "Fetch a list of disposable email domains, and put it in force for every tenant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.DISPOSABLE_DOMAINS_URL, help="one domain a line")
        parser.add_argument(
            "--allow-shrinking", action="store_true", help="take a list of less than half of the domains in force"
        )

    def handle(self, *, url: str, allow_shrinking: bool, **_: Any) -> None:
        try:
            with all_tenants_scope():
                count = refresh_disposable_domains(url, allows_shrinking=allow_shrinking)
        except (OutboundRequestError, UnusableListError) as error:
            raise CommandError(f"The list was not taken: {error}") from error
        self.stdout.write(f"{count} disposable domains are in force.")
