"""Which addresses can be a client id (Client ID Metadata Document section 3). Pure.

An address is accepted in one spelling alone, and read by one expression: what is checked here is what is called, shown
and compared. A host name beyond ASCII therefore comes, and is shown, in the form that DNS sees.
"""

import re

from applications.models.document_clients import MAX_ADDRESS_LENGTH

_REST = (
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
_ADDRESS = re.compile(r"https://(?P<host>[a-z0-9.-]{1,253})" + _REST, re.ASCII)
_ON_LOOPBACK = re.compile(r"http://(?P<host>localhost|127\.0\.0\.1|\[::1\])" + _REST, re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_DEFAULT_PORTS = {_ADDRESS: 443, _ON_LOOPBACK: 80}
_PORTS = 65_536

# What `find_host` asks of an address, for whoever is refused.
FORM = "an https address with a host name and a path, without user, fragment, dot segments or default port"
FORM_ON_LOOPBACK = f"{FORM}, or such an http address of localhost"


def _is_name(host: str) -> bool:
    """Whether a host is a name in DNS, not an IP address: the name is what users are shown."""
    labels = host.split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def _find(form: re.Pattern[str], client_id: str) -> str | None:
    found = form.fullmatch(client_id) if len(client_id) <= MAX_ADDRESS_LENGTH else None
    if found is None:
        return None
    segments = re.sub("%2e", ".", found["path"], flags=re.IGNORECASE).split("/")
    if "." in segments or ".." in segments:
        return None
    if found["port"] is None:
        return found["host"]
    port = int(found["port"])
    return None if port == _DEFAULT_PORTS[form] or port >= _PORTS else f"{found['host']}:{port}"


def find_host(client_id: str) -> str | None:
    """Return the host, with its port, of an address that can be a client id; `None` for anything else.

    https, a name, a path without dot segments; no user, no fragment, no default port, at most 2048 characters.
    """
    host = _find(_ADDRESS, client_id)
    return host if host is not None and _is_name(host.partition(":")[0]) else None


def find_loopback_host(client_id: str) -> str | None:
    """Return what `find_host` does, of an http address on this machine: for clients that are being written."""
    return _find(_ON_LOOPBACK, client_id)
