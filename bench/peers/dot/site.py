"""django-oauth-toolkit as it comes, on PostgreSQL with persistent connections; one file is the whole project.

`python bench/peers/dot/site.py` makes its tables in DATABASE_URL, and prints a client, people and tokens as JSON.
`granian bench.peers.dot.site:application` serves it.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from environs import Env

SECRET = "the-secret-of-this-application-01"
KEY_FILE = Path(os.environ.get("BENCH_DOT_KEY", "/tmp/gatehouse-bench-dot.pem"))


def _signing_key() -> str:
    if not KEY_FILE.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PrivateFormat.PKCS8
        KEY_FILE.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return KEY_FILE.read_text()


settings.configure(
    SECRET_KEY="the key of a benchmark whose data are thrown away with its database",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={"default": {**Env().dj_db_url("DATABASE_URL"), "CONN_MAX_AGE": None}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": _signing_key(),
        "SCOPES": {"openid": "OpenID", "profile": "Profile", "email": "Email", "read": "Read", "introspection": "-"},
        "PKCE_REQUIRED": True,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
application = get_wsgi_application()


def seed(people: int) -> dict[str, Any]:
    """Make two clients, and people with a refresh and an access token each."""
    from django.contrib.auth.models import User
    from django.utils import timezone
    from oauth2_provider.models import AccessToken, Application, RefreshToken

    owner = User.objects.create_user("owner")
    shared = {"user": owner, "algorithm": "RS256", "redirect_uris": "https://app.example.com/callback"}
    machine = Application.objects.create(
        **shared, client_type="confidential", authorization_grant_type="client-credentials", client_secret=SECRET
    )
    spa = Application.objects.create(**shared, client_type="public", authorization_grant_type="authorization-code")
    seeded = []
    for number in range(people):
        user = User.objects.create_user(f"user{number}", email=f"user{number}@example.com")
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        row = AccessToken.objects.create(
            user=user,
            application=spa,
            token=access,
            scope="openid profile email read",
            expires=timezone.now() + timedelta(days=1),
        )
        # One that is not replaced by a refresh, for what only presents it.
        presented = secrets.token_urlsafe(32)
        AccessToken.objects.create(
            user=user, application=spa, token=presented, scope="openid profile email read", expires=row.expires
        )
        RefreshToken.objects.create(user=user, application=spa, token=refresh, access_token=row)
        seeded.append({"accessToken": presented, "refreshToken": refresh})
    return {"machine": machine.client_id, "secret": SECRET, "spa": spa.client_id, "people": seeded}


if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", "--noinput", verbosity=0, stdout=sys.stderr)
    json.dump(seed(64), sys.stdout)
