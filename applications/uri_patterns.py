"""What a `*` in a registered redirect URI stands for, and for which hosts there may be one."""

import re
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

_ADDRESS_LABEL = re.compile("[0-9]+|0x[0-9a-f]*")


@cache
def _suffixes() -> PublicSuffixList:
    """Below which names anybody can get one (https://publicsuffix.org); the list is in the package."""
    return PublicSuffixList()


@lru_cache(maxsize=1024)
def is_below_registered_domain(pattern: str) -> bool:
    """Whether every host that a pattern matches has one owner: what follows its last `*` is a registered domain.

    `*.co.uk`, `*.com` and `shop-*.vercel.app` match whatever anybody registers there.
    """
    domain = pattern.rpartition("*")[2].partition(".")[2]
    if _ADDRESS_LABEL.fullmatch(domain.rpartition(".")[2]):
        return False
    return bool(_suffixes().privatesuffix(domain))


def host_matches(pattern: str, host: str) -> bool:
    """Whether a host is the pattern's, label by label; a `*` is never across a dot."""
    if "*" not in pattern:
        return pattern == host
    labels, found = pattern.split("."), host.split(".")
    if len(labels) != len(found) or not is_below_registered_domain(pattern):
        return False
    return all(text_matches(label, part, at_least=1) for label, part in zip(labels, found, strict=True))


def text_matches(pattern: str, text: str, *, at_least: int = 0) -> bool:
    """Whether `text` is `pattern` with each `*` standing for `at_least` characters or more.

    Each part is looked for once, from left to right: as a regular expression, many `*` would take for ever.
    """
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = re.split(r"\*+", pattern)
    if not text.startswith(first):
        return False
    position = len(first) + at_least
    for part in middle:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part) + at_least
    return len(text) - len(last) >= position and text.endswith(last)
