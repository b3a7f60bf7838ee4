"""Production: nothing has a default that would be unsafe, and a missing or weak value stops the start."""

import base64

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_URL, IS_HTTPS, PASSWORD_ARGON2_MEMORY_COST, PASSWORD_ARGON2_TIME_COST
from config.settings.variables import env

_MINIMUM_SECRET_LENGTH = 50
# OWASP's equivalent argon2id parameters: the least KiB of memory for so many passes.
_MINIMUM_ARGON2 = {1: 47_104, 2: 19_456, 3: 12_288, 4: 9_216, 5: 7_168}


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ImproperlyConfigured(message)


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


env.str("DATABASE_URL")
env.str("BASE_URL")
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS")
SECRET_VAULT_KEK: list[str] = env.list("SECRET_VAULT_KEK", [])
PWNED_PASSWORDS_ENABLED = env.bool("PWNED_PASSWORDS_ENABLED", True)

_require(not env.bool("DEBUG", False), "DEBUG cannot be on in production")
_require(len(SECRET_KEY) >= _MINIMUM_SECRET_LENGTH, f"SECRET_KEY needs {_MINIMUM_SECRET_LENGTH} characters or more")
_require(bool(ENCRYPTION_KEYS), "ENCRYPTION_KEYS needs at least one key: 32 bytes in base64")
_require(all(map(_is_key, ENCRYPTION_KEYS)), "ENCRYPTION_KEYS: 32 bytes in base64 each")
_require(all(map(_is_key, SECRET_VAULT_KEK)), "SECRET_VAULT_KEK: 32 bytes in base64 each")
_require(env.str("REDIS_URL").startswith(("redis://", "rediss://", "unix://")), "REDIS_URL must be a redis:// address")
_require(
    _MINIMUM_ARGON2[min(PASSWORD_ARGON2_TIME_COST, max(_MINIMUM_ARGON2))] <= PASSWORD_ARGON2_MEMORY_COST,
    "the password hash is too weak",
)
_require(
    IS_HTTPS or env.bool("ALLOW_INSECURE_BASE_URL", False),
    f"BASE_URL must be https, not {BASE_URL} (ALLOW_INSECURE_BASE_URL=true for a trial on one machine)",
)

SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
WHITENOISE_USE_FINDERS = False
