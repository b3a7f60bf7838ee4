"""What the first requests would otherwise wait for is made before a worker takes any: every address with its view, the
templates of the hosted pages, their language, and what is imported at the first use.

The web server does so once, in the process whose forks its workers are. Nothing here asks the database.
"""

from typing import cast

from cryptography.hazmat.backends import default_backend
from django.conf import settings
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.utils.translation import gettext, override

from common import routing

# The console's pages are compiled when a developer comes.
_ROOMS = ("common", "oidc", "experience")


def warm_up() -> None:
    """Make what every web process needs and no request changes."""
    routing.load()
    default_backend()
    pages = engines["django"]
    for room in _ROOMS:
        folder = settings.BASE_DIR / room / "templates"
        for path in sorted(folder.rglob("*.html")):
            pages.get_template(str(path.relative_to(folder)))
    _imported = cast(DjangoTemplates, pages).engine.template_context_processors
    with override(settings.LANGUAGE_CODE):
        gettext("Sign in")
