"""The WSGI application; `python -m config.web` serves it."""

import gc

import django

from config import environment

environment.prepare()
django.setup(set_prefix=False)

from common.wsgi import Handler  # noqa: E402 - these imports need the applications
from config.machine_paths import MachinePaths  # noqa: E402

application = MachinePaths(Handler())

# What has been loaded stays: the collector need not look at it again and again.
gc.collect()
gc.freeze()
