"""What an import does with what it finds: one definition for API, console and command."""

import json
from collections.abc import Mapping
from typing import Any

from common.crypto import seal, unseal
from common.errors import invalid_value
from common.shapes import Choice, Flag, Members, validate
from identity.imports.sources import Source

FAIL, SKIP, UPDATE = "fail", "skip", "update"
REFUSE, DROP, ACCEPT = "refuse", "drop", "accept"

OPTIONS = Members(
    {
        # A user who exists already, by an identifier; by the id at the source, `fail` skips.
        "onExisting": Choice(choices=(FAIL, SKIP, UPDATE), default=FAIL),
        # An address or number that the source has not verified: whoever holds it here is taken for its owner.
        "unverified": Choice(choices=(REFUSE, DROP, ACCEPT), default=REFUSE),
        "unsupportedPasswords": Choice(choices=(REFUSE, DROP), default=REFUSE),
        # A second factor that is left out leaves its user with the password alone.
        "unsupportedFactors": Choice(choices=(REFUSE, DROP), default=REFUSE),
        # Roles, organizations and connectors that are not there.
        "unknownReferences": Choice(choices=(REFUSE, DROP), default=REFUSE),
        # The id at the source is the user's id here, if it has the form of one.
        "keepIds": Flag(default=False),
        # `User.Created` for each user: webhooks, and an entry of the audit log.
        "publishEvents": Flag(default=False),
    },
    is_closed=True,
)


def read_options(values: Any) -> dict[str, Any]:
    """Return options as they are stored, with every default. Raises `guard.invalid_input`."""
    filled: dict[str, Any] = OPTIONS.fill(validate(OPTIONS, values))
    return filled


def seal_secrets(import_id: str, source: Source, values: Any) -> bytes | None:
    """Return what a source needs besides the file, sealed; `None` if it needs nothing, or nothing was given.

    Raises `guard.invalid_input`.
    """
    if source.secrets is None or not values:
        if values:
            raise invalid_value("secrets", "This source takes none.")
        return None
    return seal(json.dumps(validate(source.secrets, values, path="secrets")), context=_context(import_id))


def unseal_secrets(import_id: str, sealed: bytes | memoryview | None) -> Mapping[str, Any]:
    """Return what `seal_secrets` sealed, empty if that was nothing."""
    if not sealed:
        return {}
    found: dict[str, Any] = json.loads(unseal(sealed, context=_context(import_id)))
    return found


def _context(import_id: str) -> str:
    return f"identity.user-import.{import_id}"
