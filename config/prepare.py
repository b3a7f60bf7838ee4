"""`python -m config.prepare`: bring the database up to date and print what `bootstrap --json` prints."""

import io
import sys

import django
from django.core.management import call_command

from config import environment


def main() -> None:
    """Migrate and bootstrap in one process; standard output is the JSON document alone."""
    environment.prepare()
    django.setup()
    call_command("migrate", "--noinput", verbosity=0, stdout=sys.stderr)
    document = io.StringIO()
    call_command("bootstrap", "--json", stdout=document)
    sys.stdout.write(document.getvalue())


if __name__ == "__main__":
    main()
