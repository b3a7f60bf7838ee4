"""`bootstrap`: the first set-up of an installation."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from console.bootstrap import BootstrapOptions, bootstrap


class Command(BaseCommand):
    """Makes the tenants, the developer, the Management API client and the demo if they are missing."""

    help = "Set up tenants, a developer account, a Management API client and a demo. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print where everything is as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        result = bootstrap(BootstrapOptions.from_environment())
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
            return
        console, management = result["console"], result["managementApi"]
        self.stdout.write(f"Sign-in      {result['endpoint']}/sign-in (issuer {result['issuer']})")
        password = console["password"] or "(changed)"
        self.stdout.write(f"Console      {console['url']}  {console['username']} / {password}")
        self.stdout.write(f"Management   {management['tokenEndpoint']}  client {management['clientId']}")
        self.stdout.write(f"Demo client  {result['demoApp']['clientId']}")
