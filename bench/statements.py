"""How many SQL statements a warm request of each path sends, as Django's connection counts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bench.contestants import ROOT, database_url, gatehouse_environment
from bench.load import Step
from bench.paths import GATEHOUSE, SIGN_IN

_WARM_UP = 3


def count(url: str) -> dict[str, int]:
    """Return the statements of each path, counted in a process of its own on the run's database."""
    # The stamp is read every 20 ms at most, whatever is asked: it is not a cost of any path.
    environment = gatehouse_environment(database_url(url), 9100) | {"CONFIGURATION_LEASE": "5"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def _ask(client: Any, step: Step) -> Any:
    headers = dict(step["headers"])
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    return client.generic(step["method"], step["path"], step.get("body", ""), content_type=kind, headers=headers)


def _main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.scenery import signed_in_once

    counts = {}
    client = Client(HTTP_HOST="localhost:9100")
    scene = signed_in_once()
    for path, users in GATEHOUSE.items():
        if path == SIGN_IN:
            continue
        user = users(scene, 0)
        for turn in range(_WARM_UP + 1):
            step = dict(user["steps"][0])
            step["body"] = step.get("body", "").replace("${token}", user["variables"].get("token", ""))
            with CaptureQueriesContext(connection) as captured:
                answer = _ask(client, step)
            assert answer.status_code == step["expect"], (path, answer.content)
            if "extract" in step:
                user["variables"]["token"] = answer.json()["refresh_token"]
            if turn == _WARM_UP:
                counts[path] = len(captured)
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    _main()
