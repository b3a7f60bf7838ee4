"""The test suite: cheap hashes, fixed keys, tasks in process."""

from config.settings.base import *  # noqa: F403
from config.settings.base import LOGGING, STORAGES

DEBUG = False
SECRET_KEY = "a secret key for tests alone, long enough to pass every check"
ENCRYPTION_KEYS = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
SECRET_VAULT_KEK = ["ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="]
BASE_URL = "http://localhost:8000"
DEFAULT_TENANT_HOSTS = ["testserver"]
ALLOW_PRIVATE_ADDRESSES = True
PASSWORD_ARGON2_TIME_COST = 1
PASSWORD_ARGON2_MEMORY_COST = 8
PASSWORD_HASH_QUEUE = 64
CONFIGURATION_LEASE = 0.0
AUDIT_DELAY = 0.0
FIGURES_DELAY = 0.0
CELERY_BROKER_URL = "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = True
DEVELOPMENT_MAILBOX = True
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index]
