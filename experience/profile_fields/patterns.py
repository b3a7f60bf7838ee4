"""Regular expressions of tenants, matched in time that grows with the text alone.

RE2 has no backtracking: a pattern such as `(a+)+$` costs no more than another one. In return it has no lookaround and
no backreferences; such a pattern is refused. Otherwise its syntax is what JavaScript's and RE2's have in common.
"""

from functools import lru_cache
from typing import Any

import re2

_MAX_MEMORY = 1 << 20


class InvalidPatternError(ValueError):
    """The text is no pattern, or one that has to backtrack."""


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern; raises `InvalidPatternError`."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise InvalidPatternError from error


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text, as by JavaScript's `test`; `^` and `$` bind it to the ends."""
    return compile_pattern(pattern).search(text) is not None
