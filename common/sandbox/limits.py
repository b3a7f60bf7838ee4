"""How much a script may use. One rule for every tenant."""

from dataclasses import asdict, dataclass
from typing import Any

_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes: `cpu` is the engine's, `wall` the parent's patience, after which it kills the process.

    `calls` is how many requests a script may have fetched for it.
    """

    cpu: float = 1.0
    wall: float = 5.0
    memory: int = 64 * _MIB
    stack: int = 512 * _KIB
    input: int = 2 * _MIB
    output: int = 32 * _KIB
    calls: int = 0

    def as_request(self) -> dict[str, Any]:
        """Return what the process itself holds the script to."""
        return {name: value for name, value in asdict(self).items() if name != "input"}


LIMITS = Limits()
