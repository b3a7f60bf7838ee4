"""Production's settings for a run on the loopback interface: a database of its own, and nothing else changed.

There is no Redis (its cache is not on a measured path), and a line of log per request is off, as it is in the peers.
"""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "the key of a benchmark whose data are thrown away with its database")
os.environ.setdefault("ENCRYPTION_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
# Production does not start without one; nobody connects to it.
os.environ["REDIS_URL"] = "redis://127.0.0.1:6379"
os.environ.setdefault("BASE_URL", "http://localhost:8000")
os.environ.setdefault("ALLOW_INSECURE_BASE_URL", "true")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("PWNED_PASSWORDS_ENABLED", "false")

from config.settings.production import *  # noqa: F403

REDIS_URL = ""
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = True
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
