"""A secret that is shown to the developer exactly once, on the next page about its object.

It waits in the session, which lives in the database, and never in a cookie or an address.
"""

from typing import Any

from django.http import HttpRequest

_KEY = "console_once"


def show_once(request: HttpRequest, *, about: str, label: str, value: str) -> None:
    """Keep a secret for the next page about the object with this id."""
    request.session[_KEY] = {"about": about, "label": label, "value": value}


def take_once(request: HttpRequest, *, about: str) -> dict[str, Any] | None:
    """Return the secret that waits for this object, and forget it."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or kept["about"] != about:
        return None
    del request.session[_KEY]
    return kept
