"""Known breached passwords: the 20,000 most common, which every installation has, and a range service in the manner of
Pwned Passwords.

Of a look-up only five hex digits of the SHA-1 leave the house, and the padding that the service adds hides how many
lines it sent. `PWNED_PASSWORDS_ENABLED` turns look-ups on; `PWNED_PASSWORDS_URL` may name a mirror for installations
without Internet. The tenant's `rejects.pwned` governs both.

A service that does not answer keeps nobody out, and is then left alone for `_PAUSE_SECONDS`: nobody waits for it again
and again. Tenants find `PasswordPolicy.BreachLookup.Unavailable` in their audit log, once an hour at most.
"""

import hashlib
import logging
import re
import time
from collections.abc import Collection
from functools import cache

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from limits import RateLimitItemPerHour

from common import rates
from common.http import OutboundRequestError, fetch
from events.history import record
from tenants.context import find_current_tenant_id

_DEFAULT_URL = "https://api.pwnedpasswords.com/range/"
_TIMEOUT_SECONDS = 2.0
_MAX_BYTES = 512_000
_PAUSE_SECONDS = 30.0
_ONE_EVENT = RateLimitItemPerHour(1)
_LINE = re.compile(r"^(?P<suffix>[0-9A-F]{35}):(?P<count>[0-9]{1,12})\s*$", re.MULTILINE)

logger = logging.getLogger(__name__)


class _Pause:
    """Until when, by the clock of this process, the service is left alone."""

    until = 0.0


_pause = _Pause()


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def is_common(password: str) -> bool:
    """Return whether the password is one of the most common, in whatever case."""
    return password.lower().strip() in _common_passwords()


def sha1_hex(password: str) -> str:
    """Return the upper-case SHA-1 of a password, the form in which breaches are listed."""
    return hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()


def look_up_breached_suffixes(prefix: str) -> Collection[str]:
    """Return the suffixes of the breached hashes that begin with the prefix.

    The set is empty if the lookup is turned off, and if the service does not answer: an outage
    elsewhere must not keep anybody from signing up.
    """
    if not getattr(settings, "PWNED_PASSWORDS_ENABLED", False):
        return frozenset()
    if time.monotonic() < _pause.until:
        _tell_tenant()
        return frozenset()
    url = getattr(settings, "PWNED_PASSWORDS_URL", _DEFAULT_URL).rstrip("/") + "/" + prefix
    try:
        answer = fetch(
            "GET",
            url,
            headers={"Add-Padding": "true"},
            timeout=_TIMEOUT_SECONDS,
            longest=_TIMEOUT_SECONDS,
            max_bytes=_MAX_BYTES,
        )
        if answer.status != 200:
            raise OutboundRequestError(f"answered with status {answer.status}")
    except OutboundRequestError as error:
        logger.warning("breached password lookup failed: %s", error)
        _pause.until = time.monotonic() + _PAUSE_SECONDS
        _tell_tenant()
        return frozenset()
    # Padding lines have a count of zero.
    return frozenset(line["suffix"] for line in _LINE.finditer(answer.text.upper()) if int(line["count"]))


def _tell_tenant() -> None:
    """Note in the tenant's audit log that passwords are not looked up at the moment."""
    tenant_id = find_current_tenant_id()
    if tenant_id and not rates.hit(_ONE_EVENT, "breach-lookup-unavailable", tenant_id):
        record("PasswordPolicy.BreachLookup.Unavailable", error="The breach look-up did not answer.")
