"""The RSGI application that `python -m config.web` serves."""

from config.web.front import Front
from config.wsgi import application as wsgi_application

application = Front(wsgi_application)
