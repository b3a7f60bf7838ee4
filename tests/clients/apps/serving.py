"""What the Django applications share: which client they are, one-file settings, and a server that says it listens."""

import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

CLIENT: Mapping[str, Any] = json.loads(os.environ["CLIENT"])
ISSUER, ORIGIN = CLIENT["issuer"], CLIENT["origin"]

_TO_STDERR = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"]},
}


def configure(
    *, apps: tuple[str, ...] = (), middleware: tuple[str, ...] = (), backends: tuple[str, ...] = (), **values: Any
) -> None:
    """Set Django up as `startproject` does, with an empty database in memory, and what a library asks for."""
    settings.configure(
        SECRET_KEY="a long secret of the application's own",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="__main__",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", *apps],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            *middleware,
        ],
        AUTHENTICATION_BACKENDS=backends or ("django.contrib.auth.backends.ModelBackend",),
        LOGIN_REDIRECT_URL="/",
        LOGOUT_REDIRECT_URL="/",
        LOGGING=_TO_STDERR,
        **values,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def end_session_url(id_token: str) -> str:
    """Where a library that signs nobody out at the provider sends the browser (RP-Initiated Logout 1.0 section 2)."""
    query = {"id_token_hint": id_token, "post_logout_redirect_uri": f"{ORIGIN}/bye"}
    return f"{ISSUER}/session/end?{urlencode(query)}"


def serve() -> None:
    """Serve until the process is ended."""
    with make_server("127.0.0.1", CLIENT["port"], get_wsgi_application()) as server:
        print("ready", flush=True)
        server.serve_forever()
