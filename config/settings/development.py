"""A first look and daily work on one machine: an embedded database, a development mailbox, keys kept under DATA_DIR."""

from django.core.exceptions import ImproperlyConfigured

from config.development_secrets import development_secret
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, LOGGING, TENANT_HOSTS
from config.settings.variables import env

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or development_secret(DATA_DIR, "secret_key")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", []) or [development_secret(DATA_DIR, "encryption_key")]
SECRET_VAULT_KEK: list[str] = env.list("SECRET_VAULT_KEK", []) or [development_secret(DATA_DIR, "secret_vault_kek")]
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", True)
UNVERIFIED_CLIENTS_ON_LOOPBACK = True
# `acme=127.0.0.1`: for programs to which the name acme.localhost means nothing. Other machines cannot ask for these.
_tenant_hosts: list[str] = env.list("TENANT_HOSTS", [])
for entry in _tenant_hosts:
    tenant, _, address = entry.strip().partition("=")
    if address not in ("127.0.0.1", "[::1]"):
        raise ImproperlyConfigured(f"TENANT_HOSTS: write tenant=127.0.0.1 or tenant=[::1], not {entry!r}")
    TENANT_HOSTS[address] = tenant
DEVELOPMENT_MAILBOX = True
LOGGING["handlers"]["console"]["formatter"] = env.str("LOG_FORMAT", "plain")  # type: ignore[index]
LOGGING["root"]["level"] = env.str("LOG_LEVEL", "WARNING")  # type: ignore[index]
