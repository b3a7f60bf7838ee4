"""Gatehouse against itself: each path's throughput as a share of its own client credentials, from run to run.

Such a share depends little on the machine. Of a sign-in most is the password's hash, so that it is a share of what the
machine's cores can hash; one with an authenticator app is a share of the sign-in without.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from bench import paths
from bench.processes import ROOT
from bench.report import GATEHOUSE, Row
from bench.servers import gatehouse_environment

# At so many at once: a sign-in holds a core for some milliseconds.
_AT_ONCE = {paths.SIGN_IN: 8, paths.SIGN_IN_API: 8, paths.AUTHENTICATOR: 8}
_DEFAULT_AT_ONCE = 16
# What is wanted, from what Keycloak reaches on the same machine where it is the faster one.
_WANTED = {
    paths.REFRESH: 0.4,
    paths.USERINFO: 1.1,
    paths.INTROSPECTION: 1.1,
    paths.USER: 0.8,
    paths.USERS: 0.3,
    paths.SIGN_IN: 0.55,
    paths.AUTHENTICATOR: 0.85,
}
_HEADING = "\n## History\n\n"
_RUNS_KEPT = 30
_HASHED_SECONDS = 2.0


def ratios(rows: list[Row]) -> dict[str, float]:
    """Return the share of each measured path; without client credentials there is none.

    Of a path whose whole was not measured there is none either.
    """
    rates = {
        row.path: row.outcomes[GATEHOUSE].per_second
        for row in rows
        if row.concurrency == _AT_ONCE.get(row.path, _DEFAULT_AT_ONCE)
    }
    base = rates.pop(paths.CLIENT_CREDENTIALS, None)
    if not base:
        return {}
    hashes = _hashes_per_second() if any(path in rates for path in _AT_ONCE) else 0.0
    wholes = {**dict.fromkeys(_AT_ONCE, hashes), paths.AUTHENTICATOR: rates.get(paths.SIGN_IN)}
    return {path: rate / whole for path, rate in rates.items() if (whole := wholes.get(path, base))}


def table(shares: Mapping[str, float]) -> str:
    """Return the shares as Markdown, next to what is wanted."""
    if not shares:
        return ""
    lines = [f"| {path} | {share:.2f} | {_WANTED.get(path, '')} |" for path, share in shares.items()]
    whole = (
        "of its own client credentials; a sign-in, of what the cores hash; with an authenticator app, of that without"
    )
    head = ["", f"| {whole} | is | wanted |", "|---|--:|--:|"]
    return "\n".join([*head, *lines]) + "\n"


def with_run(page: str, shares: Mapping[str, float]) -> str:
    """Return the history of a results page with one more run, the newest first."""
    runs = [line for line in page.partition(_HEADING)[2].splitlines() if line.startswith("- ")]
    if shares:
        said = ", ".join(f"{path} {share:.2f}" for path, share in shares.items())
        runs.insert(0, f"- {datetime.now(UTC):%Y-%m-%d}, {_commit()}: {said}")
    return _HEADING + "\n".join(runs[:_RUNS_KEPT]) + "\n" if runs else ""


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "without git"


def _hashes_per_second() -> float:
    """Return how many passwords two processes hash that do nothing else."""
    # No statement is sent: the address leads nowhere.
    environment = {**os.environ, **gatehouse_environment("postgres://nobody@127.0.0.1:1/none", 1)}
    command = [sys.executable, "-m", "bench.history"]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    return sum(float(one.communicate()[0]) for one in both)


def _hash() -> None:
    import django

    django.setup()
    from identity.passwords import hash_password

    hash_password("warm")
    began, done = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < _HASHED_SECONDS:
        hash_password("walnut tractor 51")
        done += 1
    print(done / elapsed)


if __name__ == "__main__":
    _hash()
