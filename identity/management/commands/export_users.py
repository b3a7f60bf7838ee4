"""`manage.py export_users --tenant acme > users.ndjson`: all users of a tenant, to be imported anywhere."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from common.actors import SYSTEM
from identity.exports.streaming import export_users
from tenants.context import enter_tenant
from tenants.models import Tenant


class Command(BaseCommand):
    """Writes to standard output, or to a file."""

    help = "Export all users of a tenant, with the hashes of their passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--format", default="ndjson", choices=["ndjson", "csv"])
        parser.add_argument("--output", default="-", help="a file; standard output by default")
        parser.add_argument("--without-passwords", action="store_true")
        parser.add_argument(
            "--totp-secrets",
            action="store_true",
            help="also the secrets of authenticator apps, UNENCRYPTED: whoever has the file makes the codes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not Tenant.objects.filter(id=options["tenant"]).exists():
            raise CommandError(f"there is no tenant {options['tenant']}")
        with enter_tenant(options["tenant"]):
            exported = export_users(
                layout=options["format"],
                with_passwords=not options["without_passwords"],
                with_totp_secrets=options["totp_secrets"],
                actor=SYSTEM,
            )
        try:
            with _opened(options["output"]) as target, tqdm(unit="B", unit_scale=True) as bar:
                for chunk in exported.chunks:
                    target.write(chunk)
                    bar.update(len(chunk))
                target.flush()
        except OSError as error:
            raise CommandError(str(error)) from error


@contextmanager
def _opened(output: str) -> Iterator[BinaryIO]:
    """Standard output, or a new file: with hashes of passwords in it, it is its owner's alone from the beginning."""
    if output == "-":
        yield sys.stdout.buffer
        return
    with open(output, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        yield file
