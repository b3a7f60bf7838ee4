"""Runs the load generator, a process of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

_PROGRAM = Path(__file__).parent / "load.mjs"

Step = dict[str, Any]
User = dict[str, Any]


class Outcome(NamedTuple):
    """One round: walks per second, their median and 99th percentile in milliseconds, and what went wrong.

    `walks` are all of them, those of the warm-up too; `cpu` is what one took of the server's processor time, in
    milliseconds, where it is known, and `database_cpu` of PostgreSQL's.
    """

    per_second: float
    p50: float
    p99: float
    failures: int
    sample: str | None
    walks: int = 0
    cpu: float = 0.0
    database_cpu: float = 0.0


def take_accounts(user: User, count: int) -> list[dict[str, str]]:
    """Return the next of the accounts that a user's walks share, and put them at the end of the line."""
    accounts: list[dict[str, str]] = user.get("accounts", [])
    count = min(count, len(accounts))
    taken = accounts[:count]
    accounts[:] = [*accounts[count:], *taken]
    return taken


def run(*, port: int, users: list[User], seconds: float, warmup: float) -> Outcome:
    """Let so many users walk at once; their variables are what they hold at the end."""
    job = {
        "port": port,
        "host": f"localhost:{port}",
        "seconds": seconds,
        "warmup": warmup,
        # Everybody's who walks the same path.
        "accounts": users[0].get("accounts", []),
        "users": [{name: value for name, value in user.items() if name != "accounts"} for user in users],
    }
    done = subprocess.run(
        ["node", str(_PROGRAM)],
        input=json.dumps(job).encode(),
        capture_output=True,
        timeout=seconds + warmup + 60,
        check=True,
    )
    result = json.loads(done.stdout)
    for user, variables in zip(users, result["variables"], strict=True):
        user["variables"].update({name: variables[name] for name in user["variables"]})
    take_accounts(users[0], result["accountsTaken"])
    return Outcome(
        result["perSecond"],
        result["p50"] or 0,
        result["p99"] or 0,
        result["failures"],
        result["sample"],
        result["everyWalk"],
    )
