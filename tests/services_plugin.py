"""Chooses the PostgreSQL and the Redis of a test run, before Django reads its settings, and names them in the header.

PostgreSQL: DATABASE_URL, else 127.0.0.1:5432 if user `postgres` may enter without a password, else the embedded server.
Redis: REDIS_URL (empty: none), else database 15 of 127.0.0.1:6379 if it answers, else none. The tests empty the
database they use; each worker of pytest-xdist takes one of its own, counting down.
GATEHOUSE_TEST_SERVICES=embedded takes the embedded server and no Redis whatever else is there.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import redis

from config import embedded_postgres

LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/gatehouse"
LOCAL_REDIS = "redis://127.0.0.1:6379/15"
REDIS_DATABASES = 16


def choose() -> None:
    """Set DATABASE_URL and REDIS_URL. Workers of pytest-xdist inherit the choice of the process that starts them."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        if os.environ["REDIS_URL"]:
            os.environ["REDIS_URL"] = redis_url_of_worker(os.environ["REDIS_URL"], int(worker.removeprefix("gw")))
        return
    if os.environ.get("GATEHOUSE_TEST_SERVICES") == "embedded":
        os.environ.pop("DATABASE_URL", None)
        os.environ["REDIS_URL"] = ""
    elif not os.environ.get("DATABASE_URL") and postgres_version(LOCAL_POSTGRES):
        os.environ["DATABASE_URL"] = LOCAL_POSTGRES
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = LOCAL_REDIS if redis_version(LOCAL_REDIS) else ""
    embedded_postgres.ensure()


def redis_url_of_worker(url: str, worker: int) -> str:
    """The URL of a Redis database that no other worker uses (pytest-django does the same for PostgreSQL)."""
    parts = urlsplit(url)
    database = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{(database - 1 - worker) % REDIS_DATABASES}").geturl()


def postgres_version(url: str) -> str | None:
    """The version of the server, or None if it does not let us in."""
    try:
        with psycopg.connect(_maintenance_url(url), connect_timeout=3) as connection:
            row = connection.execute("SHOW server_version").fetchone()
            return row[0].split()[0] if row else None
    except psycopg.Error:
        return None


def redis_version(url: str) -> str | None:
    """The version of the server, or None if it does not answer."""
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return str(client.info("server")["redis_version"])
    except redis.RedisError:
        return None
    finally:
        client.close()


def pytest_report_header() -> str:
    """Name the services of this run."""
    return f"services: {_describe_postgres()}, {_describe_redis()}"


def _describe_postgres() -> str:
    url = os.environ["DATABASE_URL"]
    version = postgres_version(url)
    if version is None:
        raise pytest.UsageError(f"PostgreSQL at {_address(url)} does not answer; unset DATABASE_URL to do without it")
    return f"PostgreSQL {version} {'embedded' if '@%2F' in url else 'at ' + _address(url)}"


def _describe_redis() -> str:
    url = os.environ["REDIS_URL"]
    if not url:
        return "no Redis"
    version = redis_version(url)
    if version is None:
        raise pytest.UsageError(f"Redis at {_address(url)} does not answer; set REDIS_URL= to do without it")
    return f"Redis {version} at {_address(url)}"


def _address(url: str) -> str:
    return unquote(urlsplit(url).netloc.rpartition("@")[2])


def _maintenance_url(url: str) -> str:
    """The same server's `postgres` database, which is always there."""
    return urlsplit(url)._replace(path="/postgres").geturl()


choose()
