"""`python -m config.serve`: a whole Gatehouse on one machine, for a first look and for development (`make run`).

Starts the embedded PostgreSQL unless DATABASE_URL is set, migrates, bootstraps, starts the web server, Celery beat, and
with REDIS_URL a Celery worker; prints where to go and how to sign in; ends everything on Ctrl-C or SIGTERM.
With `--reload` the web server is Django's for development, which takes up changed code and templates by itself.
Settings: PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL, WEB_WORKERS, WEB_THREADS.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from config import embedded_postgres, environment
from config.processes import Processes

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60.0
QUIET_WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class StopRequestedError(Exception):
    """Somebody asked the command to end."""


def main() -> None:
    """Run until asked to stop. The exit status is 1 when something failed or ended by itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or 8000)
    processes = Processes()
    try:
        _check_port(host, port)
        os.environ["PORT"] = str(port)
        environment.remember_port(port)
        environment.prepare()
        _say("Preparing the database …")
        account = _prepare()
        _say("Starting the web server …")
        _start(processes, host, port)
        _wait_until_ready(processes, host, port)
        _say(_welcome(account))
        _say(_unresolved(urlsplit(account["console"]["url"]).hostname or ""))
        while (ended := processes.ended()) is None:
            time.sleep(0.5)
        raise SystemExit(f"The {ended} ended by itself.")
    except StopRequestedError:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _say("\nStopping …")
    finally:
        processes.stop()
        embedded_postgres.release()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequestedError


def _say(text: str) -> None:
    print(text, flush=True)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"Port {port} of {host} cannot be used: {error.strerror}. Choose another: PORT=… make run"
            ) from error


def _prepare() -> dict[str, Any]:
    (ROOT / "staticfiles").mkdir(exist_ok=True)  # empty: development serves static files from where they lie
    result = subprocess.run(
        [sys.executable, "-m", "config.prepare"],
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    if result.returncode != 0:
        raise SystemExit("The database could not be prepared; the reason stands above.")
    account: dict[str, Any] = json.loads(result.stdout)
    return account


def _start(processes: Processes, host: str, port: int) -> None:
    # Password hashes and large answers give their memory back.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    server = [sys.executable, "-m", "config.web"]
    if "--reload" in sys.argv[1:]:
        os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
        server = [sys.executable, str(ROOT / "manage.py"), "runserver", "--nostatic", f"{host}:{port}"]
    processes.start("web server", server)
    celery = [sys.executable, "-m", "celery", "--app", "config", "--quiet"]
    if os.environ.get("REDIS_URL"):
        # Root may well look at Gatehouse on a machine of its own; the image runs under an account without rights.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
        worker = ["worker", "--loglevel", "WARNING", *QUIET_WORKER]
        processes.start("Celery worker", [*celery, *worker])
    # Without Redis what is due runs in beat itself: keys are promoted and rows cleaned up in both shapes.
    schedule = Path(os.environ.get("DATA_DIR") or ROOT / ".data", "celerybeat-schedule")
    processes.start(
        "Celery beat",
        [*celery, "beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", str(schedule)],
    )


def _wait_until_ready(processes: Processes, host: str, port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not _answers(host, port):
        if (ended := processes.ended()) is not None:
            raise SystemExit(f"The {ended} did not start; the reason stands above.")
        if time.monotonic() > deadline:
            raise SystemExit(f"The web server did not answer within {START_TIMEOUT:.0f} seconds.")
        time.sleep(0.2)


def _answers(host: str, port: int) -> bool:
    if host == "0.0.0.0":  # noqa: S104  (it is compared, not bound)
        host = "127.0.0.1"
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _unresolved(name: str) -> str:
    """What to do if this machine does not resolve the name of a tenant; empty if it does."""
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        base = name.partition(".")[2]
        return "\n".join(
            [
                f"  This machine does not resolve {name}. Browsers and curl find {base} names by themselves; for Node,",
                "  Python and others add to the hosts file, and likewise for every further tenant:",
                "",
                f"    127.0.0.1  {name}",
                "",
                "  Without that file: TENANT_HOSTS=acme=127.0.0.1 make run puts tenant acme at 127.0.0.1.",
                "",
            ]
        )
    return ""


def _welcome(account: dict[str, Any]) -> str:
    console, management, demo = account["console"], account["managementApi"], account["demoApp"]
    external = not os.environ["DATABASE_URL"].startswith("postgres://postgres@%2F")
    database = (
        "PostgreSQL of DATABASE_URL" if external else f"own PostgreSQL under {os.environ.get('DATA_DIR') or '.data'}"
    )
    queue = (
        "Redis of REDIS_URL, with a Celery worker and beat"
        if os.environ.get("REDIS_URL")
        else "in process, without Redis"
    )
    rows = [
        ("Gatehouse runs at", account["endpoint"]),
        ("", ""),
        ("Console", console["url"]),
        ("  username", console["username"]),
        ("  password", console["password"] or "(changed since)"),
        ("Mailbox", f"{account['endpoint']}/development/mailbox"),
        ("", ""),
        ("Issuer", account["issuer"]),
        ("Demo application", demo["clientId"]),
        ("  redirect URI", demo["redirectUri"]),
        ("", ""),
        ("Management API", management["resource"]),
        ("  token endpoint", management["tokenEndpoint"]),
        ("  client id", management["clientId"]),
        ("  client secret", management["clientSecret"]),
        ("", ""),
        ("Database", database),
        ("Cache and tasks", queue),
    ]
    lines = [f"  {name:<19}{value}".rstrip() for name, value in rows]
    return "\n".join(["", *lines, "", "  Ctrl-C stops everything.", ""])


if __name__ == "__main__":
    main()
