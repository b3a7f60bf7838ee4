"""Which addresses can be a client id (Client ID Metadata Document section 3). Pure.

An address is accepted in one spelling alone, and read by one expression: what is checked here is what is called, shown
and compared. A host name beyond ASCII therefore comes, and is shown, in the form that DNS sees.
"""

import re

from applications.models.document_clients import MAX_ADDRESS_LENGTH

_ADDRESS = re.compile(
    r"https://(?P<host>[a-z0-9.-]{1,253})(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_DEFAULT_PORT = 443
_PORTS = 65_536


def _is_name(host: str) -> bool:
    """Whether a host is a name in DNS, not an IP address: the name is what users are shown."""
    labels = host.split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def find_host(client_id: str) -> str | None:
    """Return the host, with its port, of an address that can be a client id; `None` for anything else.

    https, a name, a path without dot segments; no user, no fragment, no default port, at most 2048 characters.
    """
    found = _ADDRESS.fullmatch(client_id) if len(client_id) <= MAX_ADDRESS_LENGTH else None
    if found is None or not _is_name(found["host"]):
        return None
    segments = re.sub("%2e", ".", found["path"], flags=re.IGNORECASE).split("/")
    if "." in segments or ".." in segments:
        return None
    if found["port"] is None:
        return found["host"]
    port = int(found["port"])
    return None if port == _DEFAULT_PORT or port >= _PORTS else f"{found['host']}:{port}"
