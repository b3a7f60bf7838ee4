"""A first look and daily work on one machine: an embedded database, a development mailbox, keys kept under DATA_DIR."""

from config.development_secrets import development_secret
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, LOGGING, env

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or development_secret(DATA_DIR, "secret_key")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", []) or [development_secret(DATA_DIR, "encryption_key")]
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", True)
UNVERIFIED_CLIENTS_ON_LOOPBACK = True
DEVELOPMENT_MAILBOX = True
LOGGING["handlers"]["console"]["formatter"] = env.str("LOG_FORMAT", "plain")  # type: ignore[index]
LOGGING["root"]["level"] = env.str("LOG_LEVEL", "WARNING")  # type: ignore[index]
