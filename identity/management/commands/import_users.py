"""`manage.py import_users users.ndjson --tenant acme`: users of another system, from a file on this machine."""

import hashlib
import json
from argparse import ArgumentParser
from io import BufferedReader
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from common.actors import SYSTEM
from common.errors import AppError
from identity.imports.jobs import create_local_import, find_unfinished_import, resume_user_import, start_user_import
from identity.imports.options import ACCEPT, DROP, FAIL, REFUSE, SKIP, UPDATE
from identity.imports.running import run_user_import
from identity.imports.selectors import get_user_import, iterate_problems, problem_message
from identity.imports.sources import SOURCES
from identity.models import UserImport
from tenants.context import enter_tenant
from tenants.models import Tenant

# How often the bar moves, in seconds.
_STEP = 0.5
_SHOWN = 50


class Command(BaseCommand):
    """Runs an import in the foreground. The same call again goes on where it stopped, whatever stopped it."""

    help = "Import users from a file of another system. Called again after a stop, it goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--format", default="", choices=["", *SOURCES], help="the source; detected by default")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, and say what would be wrong")
        parser.add_argument("--restart", action="store_true", help="begin at the first row, not where it stopped")
        parser.add_argument("--on-existing", default=FAIL, choices=[FAIL, SKIP, UPDATE])
        parser.add_argument("--unverified", default=REFUSE, choices=[REFUSE, DROP, ACCEPT])
        parser.add_argument("--unsupported-passwords", default=REFUSE, choices=[REFUSE, DROP])
        parser.add_argument("--unsupported-factors", default=REFUSE, choices=[REFUSE, DROP])
        parser.add_argument("--unknown-references", default=REFUSE, choices=[REFUSE, DROP])
        parser.add_argument("--keep-ids", action="store_true", help="users keep the ids that they have at the source")
        parser.add_argument("--publish-events", action="store_true", help="webhooks and an entry for each new user")
        parser.add_argument(
            "--secrets", type=Path, help="a JSON file with what the source needs: Firebase's hash parameters"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not Tenant.objects.filter(id=options["tenant"]).exists():
            raise CommandError(f"there is no tenant {options['tenant']}")
        try:
            with options["file"].open("rb") as opened, enter_tenant(options["tenant"]):
                file = _LocalFile(opened)
                self._run(self._begin(file, options), file)
        except OSError as error:
            raise CommandError(str(error)) from error
        except AppError as error:
            raise CommandError(f"{error.code}: {error.details or error.message}") from error

    def _begin(self, file: "_LocalFile", options: dict[str, Any]) -> UserImport:
        digest, is_dry_run = file.sha256(), options["dry_run"]
        stopped = None if options["restart"] else find_unfinished_import(sha256=digest, is_dry_run=is_dry_run)
        if stopped is not None:
            self.stdout.write(f"Goes on with import {stopped.id} after row {stopped.rows}.")
            return stopped if stopped.is_active else resume_user_import(stopped, actor=SYSTEM)
        secrets = json.loads(options["secrets"].read_text()) if options["secrets"] else None
        created = create_local_import(
            file,
            file_name=options["file"].name,
            sha256=digest,
            source=options["format"],
            options={
                "onExisting": options["on_existing"],
                "unverified": options["unverified"],
                "unsupportedPasswords": options["unsupported_passwords"],
                "unsupportedFactors": options["unsupported_factors"],
                "unknownReferences": options["unknown_references"],
                "keepIds": options["keep_ids"],
                "publishEvents": options["publish_events"],
            },
            secrets=secrets,
            actor=SYSTEM,
        )
        return start_user_import(created, is_dry_run=is_dry_run, actor=SYSTEM)

    def _run(self, user_import: UserImport, file: "_LocalFile") -> None:
        with tqdm(total=file.size, initial=user_import.position, unit="B", unit_scale=True) as bar:
            is_left = True
            while is_left:
                is_left = run_user_import(user_import.id, seconds=_STEP, file=file)
                user_import = get_user_import(user_import.id)
                bar.set_postfix(users=user_import.created, problems=user_import.failed)
                bar.update(user_import.position - bar.n)
        self._report(user_import)

    def _report(self, user_import: UserImport) -> None:
        done = "would be" if user_import.is_dry_run else "were"
        self.stdout.write(
            f"{user_import.rows} rows: {user_import.created} {done} created, {user_import.updated} changed, "
            f"{user_import.skipped} skipped, {user_import.failed} refused."
        )
        for number, problem in enumerate(iterate_problems(user_import)):
            if number == _SHOWN:
                self.stdout.write(f"… and further ones: import {user_import.id} in the console has them.")
                break
            field = f" {problem.field}:" if problem.field else ""
            self.stdout.write(f"line {problem.line}:{field} {problem_message(problem)} ({problem.code})")
        if user_import.is_active:
            raise CommandError("another process runs this import; if it was killed, try again in two minutes")
        if user_import.status == UserImport.Status.FAILED:
            raise CommandError(f"the import stopped: {user_import.error_code}")


class _LocalFile:
    """A file on this machine."""

    def __init__(self, opened: BufferedReader) -> None:
        self._opened = opened
        self.size = opened.seek(0, 2)

    def read(self, position: int, length: int) -> bytes:
        """Return at most so many bytes from a position on."""
        self._opened.seek(position)
        return self._opened.read(length)

    def sha256(self) -> str:
        """Return the digest of the whole file, by which an import of it is found again."""
        self._opened.seek(0)
        return hashlib.file_digest(self._opened, "sha256").hexdigest()
