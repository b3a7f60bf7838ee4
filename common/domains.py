"""Domain names in the one form that DNS sees."""

import string

import idna

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def canonical_domain(domain: str) -> str:
    """Return the name that DNS sees: lower case, punycode, without a root dot.

    Full-width letters, ideographic dots and the like become what browsers and mail servers make of them (UTS 46,
    non-transitional: `ß` stays a letter of its own), so that no spelling of a domain slips past a rule about it,
    and none passes for another domain. What is no name in DNS is returned as it is, and is not ASCII.
    """
    lowered = domain.strip(string.whitespace).translate(_ASCII_LOWER)
    if not lowered.isascii():
        try:
            lowered = idna.encode(lowered, uts46=True).decode("ascii")
        except UnicodeError:
            lowered = lowered.lower()
    return lowered.rstrip(".")
