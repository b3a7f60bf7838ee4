"""Which browser, device and system a `User-Agent` names, for whoever reads the log: nothing of it is stored."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ua_parser import Resolver

# What the library calls a device of which it knows no maker, and one that is a program.
_NO_VENDOR = "Generic"
_CRAWLER = "Spider"


@cache
def _resolver() -> "Resolver":
    # Its patterns take a quarter of a second and 20 MB, which processes that show no log are spared. RE2: without
    # backtracking, as anybody may have sent the text.
    from ua_parser import load_lazy_builtins
    from ua_parser.re2 import Resolver as Re2Resolver

    return Re2Resolver(load_lazy_builtins())


@lru_cache(maxsize=1024)
def parse_user_agent(user_agent: str) -> dict[str, Any]:
    """Return `{ua, browser?: {name, version?, major?, type?}, os?: {name, version?}, device?: {model?, vendor?}}`.

    What is not known is left out. `type` is `crawler` or absent. `user_agent` is one that an entry holds: short. The
    result is shared by all who ask; do not change it.
    """
    from ua_parser import Domain

    found = _resolver()(user_agent, Domain.ALL)
    parsed: dict[str, Any] = {"ua": user_agent}
    is_crawler = found.device is not None and found.device.brand == _CRAWLER
    if found.user_agent is not None:
        parsed["browser"] = _known(
            name=found.user_agent.family,
            version=_version(found.user_agent.major, found.user_agent.minor, found.user_agent.patch),
            major=found.user_agent.major,
            type="crawler" if is_crawler else None,
        )
    if found.os is not None:
        parsed["os"] = _known(name=found.os.family, version=_version(found.os.major, found.os.minor, found.os.patch))
    if found.device is not None and not is_crawler:
        vendor = found.device.brand or _NO_VENDOR
        is_known = not vendor.startswith(_NO_VENDOR)
        if device := _known(model=found.device.model, vendor=vendor if is_known else None):
            parsed["device"] = device
    return parsed


def _version(*parts: str | None) -> str | None:
    """The parts up to the first that is missing."""
    known: list[str] = []
    for part in parts:
        if part is None:
            break
        known.append(part)
    return ".".join(known) or None


def _known(**members: str | None) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}
