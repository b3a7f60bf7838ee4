"""Published client libraries against a running Gatehouse; the scripts next to this file hold the assertions."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from console.bootstrap import BootstrapOptions, bootstrap

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.sdk,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="npm ci --prefix tests/sdk was not run"),
]


@pytest.fixture
def setup(live_server: Any, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """A bootstrapped installation behind a real HTTP server; as `bootstrap --json` describes it."""
    settings.BASE_URL = live_server.url
    settings.DATA_DIR = tmp_path
    return bootstrap(BootstrapOptions.from_environment())


@pytest.mark.parametrize(
    "script", ["tutorial.mjs", "certified_client.mjs", "fapi.mjs", "management.mjs", "management_groups.mjs"]
)
def test_a_published_client_walks_through(setup: dict[str, Any], script: str) -> None:
    environment = {**os.environ, "SETUP": json.dumps(setup)}
    done = subprocess.run(
        ["node", script],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)
