"""The WSGI application; `python -m config.web` serves it."""

import gc

import django

from config import environment

environment.prepare()
django.setup(set_prefix=False)

from common.wsgi import Handler  # noqa: E402 - needs the applications

application = Handler()

# What has been loaded stays: the collector need not look at it again and again.
gc.collect()
gc.freeze()
