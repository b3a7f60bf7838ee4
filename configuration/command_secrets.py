"""What the command puts in the place of references: environment variables and files of the machine that it runs on."""

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from configuration.secrets import MAX_SECRET_LENGTH, Reference

# The installation's own secrets: a connector's configuration would send them to its endpoint.
_OF_THE_INSTALLATION = frozenset(
    {
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "CUSTOM_DOMAIN_ASK_SECRET",
        "DATABASE_URL",
        "ENCRYPTION_KEYS",
        "PGPASSWORD",
        "REDIS_URL",
        "S3_SECRET_ACCESS_KEY",
        "SECRET_KEY",
        "SECRET_VAULT_KEK",
    }
)
# The environment of processes is a file, too.
_OF_THE_SYSTEM = ("/proc/", "/sys/", "/dev/")


def resolve_here(reference: Reference) -> str | None:
    """Return the value of a reference, `None` for a variable that is not set or is empty.

    A file's last line break is not part of the secret. Raises `LookupError` for one that cannot be read, and for the
    secrets that Gatehouse itself runs with.
    """
    if reference.scheme == "env":
        if reference.name in _OF_THE_INSTALLATION:
            raise LookupError(_("This variable is a secret of the installation itself."))
        return os.environ.get(reference.name) or None
    path = Path(reference.name).resolve()
    if str(path).startswith(_OF_THE_SYSTEM):
        raise LookupError(_("This file is the system's own."))
    if _is_of_the_installation(path):
        raise LookupError(_("This file is the installation's own."))
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MAX_SECRET_LENGTH + 2)
    except (OSError, UnicodeDecodeError) as error:
        raise LookupError(_("The file %s cannot be read.") % reference.name) from error
    return text.removesuffix("\n").removesuffix("\r") or None


def _is_of_the_installation(path: Path) -> bool:
    """Whether a file has a secret of the installation, by `X_FILE` or as one of those that it has made itself."""
    named = [file for name in _OF_THE_INSTALLATION if (file := os.environ.get(f"{name}_FILE"))]
    return path in [Path(file).resolve() for file in named] or path.is_relative_to(Path(settings.DATA_DIR).resolve())
