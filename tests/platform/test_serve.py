"""`make run` from an empty data folder: web server, embedded database, bootstrap, and an orderly end."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAST_LINE = "Ctrl-C stops everything."


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    """A bare machine: no database, no Redis, no settings chosen."""
    chosen = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "BASE_URL")
    bare = {name: value for name, value in os.environ.items() if name not in chosen}
    return bare | {"DATA_DIR": str(data_dir), "PORT": str(free_port())}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "config.serve", *options]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What the command prints, up to the line that holds `text` or to its end."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)


def get(port: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("localhost", int(port), timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read()


@contextmanager
def touched_again_and_again(path: Path) -> Iterator[None]:
    """A change that the reloader notices, even if it looked at the file for the first time only after the first one."""
    is_over = threading.Event()

    def touch() -> None:
        while not is_over.wait(1.0):
            path.touch()

    toucher = threading.Thread(target=touch)
    toucher.start()
    try:
        yield
    finally:
        is_over.set()
        toucher.join()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_with_everything_it_started(
    environment: dict[str, str], data_dir: Path, number: signal.Signals
) -> None:
    process = serve(environment)
    try:
        output = read_until(process, LAST_LINE)
        assert f"http://localhost:{environment['PORT']}" in output
        status, body = get(environment["PORT"], "/oidc/.well-known/openid-configuration")
        assert status == 200
        issuer = json.loads(body)["issuer"]
        assert issuer == f"http://localhost:{environment['PORT']}/oidc"
        extra = {name: value for name, value in environment.items() if name != "PORT"}
        command = [sys.executable, "manage.py", "bootstrap", "--json"]
        told = subprocess.run(command, cwd=ROOT, env=extra, check=True, capture_output=True, text=True)
        assert json.loads(told.stdout)["issuer"] == issuer
    finally:
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert not (data_dir / "postgres" / "data" / "postmaster.pid").exists()
    with pytest.raises(ConnectionRefusedError):
        get(environment["PORT"], "/healthz")


def test_development_shows_errors_in_full_and_reloads(environment: dict[str, str]) -> None:
    """`make dev`: a page of no address lists the addresses there are, and changed code is taken up."""
    process = serve(environment | {"DEBUG": "true"}, "--reload")
    try:
        read_until(process, LAST_LINE)
        status, page = get(environment["PORT"], "/static/nothing.css")
        assert (status, b"DEBUG = True" in page) == (404, True)
        assert get(environment["PORT"], "/static/console/console.css")[0] == 200
        with touched_again_and_again(ROOT / "config" / "urls.py"):
            assert "Starting development server" in read_until(process, "Starting development server")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_port_in_use_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "config.serve"]
        result = subprocess.run(
            command, cwd=ROOT, env=environment | {"PORT": str(port)}, capture_output=True, text=True, check=False
        )
    assert result.returncode == 1
    assert f"Port {port}" in result.stderr
