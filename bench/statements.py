"""How many SQL statements a warm walk of each path sends, as Django's connection counts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from bench.paths import GATEHOUSE
from bench.processes import ROOT
from bench.servers import database_url, gatehouse_environment

_WARM_UP = 3
_PORT = 9100
_HOST = f"localhost:{_PORT}"


def count(url: str) -> dict[str, int]:
    """Return the statements of each path, counted in a process of its own on the run's database."""
    # The stamp is read every 20 ms at most, whatever is asked: it is not a cost of any path.
    environment = gatehouse_environment(database_url(url), _PORT) | {"CONFIGURATION_LEASE": "5"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def _main() -> None:
    import django

    django.setup()

    from bench.fixtures import signed_in_once
    from bench.flows import walk

    counts = {}
    scene = signed_in_once()
    for path, users in GATEHOUSE.items():
        user = users(scene, 0)
        for _ in range(_WARM_UP):
            walk(user, host=_HOST)
        counts[path] = sum(walk(user, host=_HOST))
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    _main()
