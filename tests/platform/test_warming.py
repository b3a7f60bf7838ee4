"""What is made before a worker takes requests: the first of them waits for nothing that all of them need."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
from config import wsgi
from django.db import connections
from django.template import engines

(loader,) = engines["django"].engine.template_loaders
pages = [template for template in loader.get_template_cache.values() if not isinstance(template, type)]
names = {template.name for template in pages if hasattr(template, "name")}
assert {"experience/step.html", "experience/base.html", "common/error.html"} <= names, names
assert "experience.pages.views.sign_in" in sys.modules
assert "csp.context_processors" in sys.modules
assert [one for one in connections.all(initialized_only=True) if one.connection is not None] == []
"""


def test_addresses_and_pages_are_there_and_no_connection_is_open() -> None:
    """The first sign-in after a start took a quarter of a second; a connection would be shared by all workers."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, env=environment, check=True)
