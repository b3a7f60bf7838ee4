"""The WSGI entry point: `granian --interface wsgi config.wsgi:application`."""

from django.core.wsgi import get_wsgi_application

from config import environment

environment.prepare()
application = get_wsgi_application()
