"""`python -m tests.dead_code`: functions, classes and properties that nothing uses; part of `make lint`.

Uses in tests do not count: what only tests call is dead. A name counts as used if any source, template or dotted name
in the settings has it, so that what a framework finds by name is not reported.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "access",
    "applications",
    "common",
    "config",
    "configuration",
    "connectors",
    "console",
    "events",
    "experience",
    "identity",
    "management_api",
    "oidc",
    "organizations",
    "portal",
    "saml",
    "tenants",
)
KINDS = frozenset({"function", "class", "property"})
REGISTERED = [
    "@admin.register",
    "@register",
    "@shared_task",
    "@site.page",
    "@setup_logging.connect",
    "@server.on_startup",
]
ALLOWED = {
    # Django finds these by their base class, a theme or a library by their name.
    "*Config": "applications of Django",
    "media": "Django's widgets",
    "*Extension": "drf-spectacular, by their base class",
    "map_serializer_field": "drf-spectacular",
    "client_type": "django-oauth-toolkit",
    "authorization_grant_type": "django-oauth-toolkit",
    "skip_authorization": "django-oauth-toolkit",
    "allowed_origins": "django-oauth-toolkit",
    # What a room offers before the first who uses it.
    "pending_totp_secret": "the pages of second factors",
    "start_step_up": "the pages of second factors",
    "replace_totp": "the account center's factors",
    "RefreshesTokens": "social and enterprise sign-in",
    "covers": "tests",
    "forget_published": "tests",
    "find_social_connection": "social and enterprise sign-in",
    "read_token_set": "the account center's tokens of providers",
    "store_sso_tokens": "social and enterprise sign-in",
    "link_social_identity": "social and enterprise sign-in",
    "link_sso_identity": "social and enterprise sign-in",
    "sync_sso_identity": "social and enterprise sign-in",
    "find_user_by_social_identity": "social and enterprise sign-in",
    "find_sso_identity": "social and enterprise sign-in",
    "unlink_sso_identity": "social and enterprise sign-in",
    # A process-wide cache that tests begin without.
    "forget_fetched_keys": "tests",
    "forget_fetched_metadata": "tests",
}


def _words_outside_of_python() -> set[str]:
    """Every word of the templates, and the last part of every dotted name in a string."""
    words: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in {".html", ".txt", ".css", ".js"}:
                words.update(re.findall(r"\w+", path.read_text()))
            elif path.suffix == ".py":
                words.update(re.findall(r'"(?:\w+[.:])+(\w+)"', path.read_text()))
    return words


def dead_code() -> list[str]:
    """Return a line for each definition that nothing uses."""
    vulture = Vulture(ignore_names=list(ALLOWED), ignore_decorators=REGISTERED)
    vulture.scavenge([str(ROOT / room) for room in [*ROOMS, "manage.py"]], exclude=["*/migrations/*"])
    used = _words_outside_of_python()
    return [
        f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.typ} {item.name} is used by nothing"
        for item in vulture.get_unused_code()
        if item.typ in KINDS and item.name not in used
    ]


if __name__ == "__main__":
    found = dead_code()
    print("\n".join(found))
    sys.exit(bool(found))
