"""The servers of a run: each prepares its data, starts, and knows its paths."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import paths
from bench.processes import ROOT, Server, granian, start, stop

DATABASE = "gatehouse_bench"
_ALL_LISTEN = 2.0
_PEERS = Path(__file__).parent / "peers"
_STATIC = Path(tempfile.gettempdir(), "gatehouse-bench-static")


@dataclass(slots=True)
class Contestant:
    """A server with its paths; `server_of` says which of its processes a path is asked of."""

    name: str
    paths: Mapping[str, paths.Users]
    scene: dict[str, Any]
    servers: list[Server]
    users: dict[str, list[Any]] = field(default_factory=dict)
    server_of: Callable[[str], int] = lambda _path: 0
    fresh_scene: Callable[[], dict[str, Any]] | None = None

    def people(self, path: str, count: int) -> list[Any]:
        """Return users that walk a path; what they hold is kept from round to round."""
        if self.fresh_scene is not None and path not in paths.STATELESS:
            scene = self.fresh_scene()
            return [self.paths[path](scene, number) for number in range(count)]
        held = self.users.setdefault(path, [])
        held.extend(self.paths[path](self.scene, number) for number in range(len(held), count))
        return held[:count]

    def server(self, path: str) -> Server:
        return self.servers[self.server_of(path)]

    def close(self) -> None:
        for server in self.servers:
            stop(server)


def database_url(url: str, name: str = DATABASE) -> str:
    """Return the address of a database next to the one of `url`."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def fresh_database(url: str, name: str = DATABASE) -> str:
    """Drop and create a database next to the one of `url`, and return its address."""
    with psycopg.connect(database_url(url, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return database_url(url, name)


def _prepared(module: str, environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True
    )
    scene: dict[str, Any] = json.loads(done.stdout)
    return scene


def gatehouse_environment(url: str, port: int) -> dict[str, str]:
    """Return the environment of Gatehouse's processes."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": url,
        "BASE_URL": f"http://localhost:{port}",
        "BENCH_STATIC_ROOT": str(_STATIC),
        # One machine plays all users: counted, never refused.
        "ANONYMOUS_LIMIT_PER_ADDRESS": "100000000/minute",
        "ANONYMOUS_LIMIT_PER_TENANT": "100000000/minute",
        "EXPERIENCE_LIMIT_PER_ADDRESS": "100000000/minute",
        "ACCOUNT_LIMIT_PER_USER": "100000000/minute",
        "MANAGEMENT_LIMIT_PER_CLIENT": "100000000/minute",
        "MANAGEMENT_LIMIT_PER_TENANT": "100000000/minute",
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_TRIM_THRESHOLD_": "131072",
    }


def gatehouse(url: str, *, port: int = 9100, threads: int = 8) -> Contestant:
    """Gatehouse on a database of its own, with two worker processes."""
    environment = gatehouse_environment(fresh_database(url), port)
    scene = _prepared("bench.fixtures", environment)
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "WEB_WORKERS": "2", "WEB_THREADS": str(threads)}
    command = [sys.executable, "-m", "config.web"]
    server = start("Gatehouse", command, port=port, probe="/oidc/jwks", environment=environment)
    # Connections are shared out among the workers that listen; the first one answers before the second one does.
    time.sleep(_ALL_LISTEN)
    return Contestant("Gatehouse", paths.GATEHOUSE, scene, [server])


def oidc_provider(*, port: int = 9110) -> Contestant:
    """npm `oidc-provider` in memory: a cluster of two if no state is needed, else one process."""
    folder = _PEERS / "oidc_provider"
    if not (folder / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    environment = {"NODE_ENV": "production", "NODE_NO_WARNINGS": "1"}
    servers = [
        start(
            "oidc-provider",
            ["node", "server.mjs", str(port + workers), str(workers)],
            port=port + workers,
            probe="/jwks",
            environment=environment,
            folder=folder,
        )
        for workers in (2, 1)
    ]
    single = servers[1].port

    def fresh_scene() -> dict[str, Any]:
        # Its memory keeps the thousand newest entries: people are made again for every round.
        request = urllib.request.Request(f"http://127.0.0.1:{single}/bench/seed", b'{"people":64}', method="POST")
        with urllib.request.urlopen(request) as answer:
            scene: dict[str, Any] = json.load(answer)
        return scene

    def server_of(path: str) -> int:
        return 0 if path in paths.STATELESS else 1

    return Contestant("oidc-provider", paths.OIDC_PROVIDER, {}, servers, server_of=server_of, fresh_scene=fresh_scene)


def django_oauth_toolkit(url: str, *, port: int = 9120) -> Contestant:
    """django-oauth-toolkit as it comes, with two worker processes."""
    environment = {"DATABASE_URL": fresh_database(url, "gatehouse_bench_dot")}
    scene = _prepared("bench.peers.dot.site", environment)
    command = granian("bench.peers.dot.site:application", port)
    probe = "/o/.well-known/jwks.json"
    server = start("django-oauth-toolkit", command, port=port, probe=probe, environment=environment)
    time.sleep(_ALL_LISTEN)
    return Contestant("django-oauth-toolkit", paths.DJANGO_OAUTH_TOOLKIT, scene, [server])
