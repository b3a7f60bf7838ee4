"""The names of authenticators by their AAGUID, to tell a user's passkeys apart.

The list is the community's (`github.com/passkeydeveloper/passkey-authenticator-aaguids`), which includes the FIDO
Alliance's metadata. An AAGUID without attestation proves nothing: the name is shown, and nothing is decided by it.
"""

import json
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("authenticators.json")


def find_authenticator_name(aaguid: str) -> str | None:
    """Return the name of a passkey provider or a security key, `None` if it is not known."""
    return _names().get(aaguid.lower())


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = json.loads(_LIST.read_text())["names"]
    return names
