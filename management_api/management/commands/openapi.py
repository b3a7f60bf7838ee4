"""`manage.py openapi`: writes the OpenAPI documents again from the code; `--check` fails if one is not current."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from management_api.openapi.documents import FOLDER, generated


class Command(BaseCommand):
    help = "Renews the OpenAPI documents from the declarations of the operations."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Fail if a document is not what the code says.")

    def handle(self, *args: Any, **options: Any) -> None:
        documents = generated()
        changed = [path for path, text in documents.items() if not path.exists() or path.read_text() != text]
        if options["check"]:
            if changed:
                raise CommandError(f"not current: {', '.join(path.name for path in changed)}; run manage.py openapi")
            return
        FOLDER.mkdir(exist_ok=True)
        for path in changed:
            path.write_text(documents[path])
            self.stdout.write(f"wrote {path.name}")
