"""The WSGI application; `python -m config.web` serves it."""

import gc

import django

from config import environment

environment.prepare()
django.setup(set_prefix=False)

from common.wsgi import Handler  # noqa: E402 - needs the applications
from config.warming import warm_up  # noqa: E402

application = Handler()
warm_up()

# What has been loaded stays: the collector need not look at it again and again, and does not write to memory that the
# web server's workers share.
gc.collect()
gc.freeze()
