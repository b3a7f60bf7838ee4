"""`tenant export|plan|apply`: a tenant's configuration as a file, for a terminal and for a build."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import AppError
from configuration.command_secrets import resolve_here
from configuration.document import MAX_LENGTH
from configuration.plans import Plan
from configuration.rendering import render_plan
from configuration.services import apply_configuration, export_configuration, export_text, plan_configuration
from tenants.context import enter_tenant
from tenants.models import Tenant

# As terraform's `-detailed-exitcode` has it: 0 without changes, 1 after an error.
HAS_CHANGES = 2


class Command(BaseCommand):
    """Exports a tenant's configuration, plans what a file would change, and applies it."""

    help = "Export, plan or apply a tenant's configuration (docs/configuration-as-code.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="print the configuration as YAML")
        export.add_argument("tenant", help="the tenant's id")
        export.add_argument("--output", help="a file to write, instead of printing")
        export.add_argument("--organizations", action="store_true", help="organizations and their join rules, too")
        export.add_argument("--ids", action="store_true", help="fix the client ids of applications")
        export.add_argument("--json", action="store_true", help="JSON instead of YAML")
        for name, words in (("plan", "print what would change; exit code 2 if something would"), ("apply", "apply")):
            action = actions.add_parser(name, help=words)
            action.add_argument("tenant", help="the tenant's id")
            action.add_argument("file", help="a YAML or JSON file, - for standard input")
            action.add_argument("--prune", action="store_true", help="delete what the file's sections do not name")
            action.add_argument("--json", action="store_true", help="print the plan as JSON")
            action.add_argument("--color", choices=("auto", "always", "never"), default="auto")
        action.add_argument("--plan-version", help="apply only if the tenant is still what this plan was made of")
        action.add_argument("--yes", action="store_true", help="do not ask in a terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant_id = options["tenant"]
        if not Tenant.objects.filter(id=tenant_id).exists():
            raise CommandError(f"there is no tenant {tenant_id}")
        with enter_tenant(tenant_id):
            try:
                getattr(self, f"_{options['action']}")(options)
            except AppError as error:
                raise CommandError(f"{error.code}: {error.message}\n{error.details or ''}".rstrip()) from error

    def _export(self, options: dict[str, Any]) -> None:
        parts = {"with_organizations": options["organizations"], "with_ids": options["ids"]}
        if options["json"]:
            text = f"{json.dumps(export_configuration(**parts), indent=2, ensure_ascii=False)}\n"
        else:
            text = export_text(**parts)
        if options["output"]:
            Path(options["output"]).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")

    def _plan(self, options: dict[str, Any]) -> None:
        plan = self._planned(_content(options["file"]), options)
        self._show(plan, options)
        if plan.steps:
            sys.exit(HAS_CHANGES)

    def _apply(self, options: dict[str, Any]) -> None:
        text, version = _content(options["file"]), options["plan_version"]
        if sys.stdin.isatty() and not options["yes"] and not options["json"]:
            plan = self._planned(text, options)
            self._show(plan, options)
            if not plan.steps:
                return
            if input("Apply? Type yes: ").strip() != "yes":
                raise CommandError("nothing was applied")
            version = version or plan.version
        applied = apply_configuration(text, prune=options["prune"], resolve=resolve_here, version=version, actor=SYSTEM)
        self._show(applied, options, is_done=True)

    def _planned(self, text: str, options: dict[str, Any]) -> Plan:
        return plan_configuration(text, prune=options["prune"], resolve=resolve_here, actor=SYSTEM)

    def _show(self, plan: Plan, options: dict[str, Any], *, is_done: bool = False) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json(), indent=2, ensure_ascii=False))
            return
        in_color = options["color"] == "always" or (options["color"] == "auto" and self.stdout.isatty())
        self.stdout.write(render_plan(plan, is_done=is_done, in_color=in_color), ending="")


def _content(file: str) -> str:
    """Return a file's text, a little more of it than is allowed at most."""
    try:
        if file == "-":
            return sys.stdin.read(MAX_LENGTH + 1)
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(MAX_LENGTH + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read") from error
