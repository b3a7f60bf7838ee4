"""Domain names in the one form that DNS sees."""

import re
import string

import idna

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# RFC 1035 section 2.3.4, in octets without the root's.
_MAX_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def canonical_domain(domain: str) -> str:
    """Return the name that DNS sees: lower case, punycode, without a root dot.

    Full-width letters, ideographic dots and the like become what browsers and mail servers make of them (UTS 46,
    non-transitional: `ß` stays a letter of its own), so that no spelling of a domain slips past a rule about it,
    and none passes for another domain. What is no name in DNS is returned as it is, and is not ASCII.
    """
    lowered = domain.strip(string.whitespace).translate(_ASCII_LOWER)
    # Encoding makes no name shorter, and takes time that grows with the square of its length.
    if not lowered.isascii() and len(lowered) <= _MAX_LENGTH:
        try:
            lowered = idna.encode(lowered, uts46=True).decode("ascii")
        except UnicodeError:
            lowered = lowered.lower()
    return lowered.rstrip(".")


def is_host_name(domain: str) -> bool:
    """Return whether the canonical form of a domain can be a host's name (RFC 1123 section 2.1): its labels have 1 to
    63 letters, digits and hyphens, and it has 253 characters at most.
    """
    name = canonical_domain(domain)
    return len(name) <= _MAX_LENGTH and all(_LABEL.fullmatch(label) for label in name.split("."))
