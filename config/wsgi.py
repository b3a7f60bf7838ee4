"""The WSGI entry point: `granian --interface wsgi config.wsgi:application`."""

import gc

from django.core.wsgi import get_wsgi_application

from config import environment

environment.prepare()
_django = get_wsgi_application()

from config.machine_paths import MachinePaths  # noqa: E402 - its imports need the applications

application = MachinePaths(_django)

# What has been loaded stays: the collector need not look at it again and again.
gc.collect()
gc.freeze()
