"""Which page of the hosted experience an authorization request opens, and with which query."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

_FIRST_SCREENS = {
    "sign_in": "sign-in",
    "register": "register",
    "reset_password": "reset-password",
    "identifier:sign_in": "identifier-sign-in",
    "identifier:register": "identifier-register",
    "single_sign_on": "single-sign-on",
    "signIn": "sign-in",  # deprecated
}
_INTERACTION_MODES = {"signIn": "sign-in", "signUp": "register"}  # deprecated
_IDENTIFIERS = frozenset({"email", "phone", "username"})
_DIRECT_METHODS = frozenset({"social", "sso"})
_DEFAULT_SCREEN = "sign-in"
_SCREENS = frozenset(_FIRST_SCREENS.values())

# In this order on every login page; `app_id` is the client.
_FORWARDED = ("organization_id", "ui_locales", "one_time_token", "login_hint", "identifier")


def has_valid_extras(parameters: Mapping[str, str]) -> bool:
    """Whether every value that has a closed set of forms keeps to it."""
    first_screen, mode = parameters.get("first_screen"), parameters.get("interaction_mode")
    method, _, target = parameters.get("direct_sign_in", "").partition(":")
    return (
        (first_screen is None or first_screen in _FIRST_SCREENS)
        and (mode is None or mode in _INTERACTION_MODES)
        and set(parameters.get("identifier", "").split()) <= _IDENTIFIERS
        and ("direct_sign_in" not in parameters or (method in _DIRECT_METHODS and bool(target)))
    )


def first_screen(parameters: Mapping[str, str]) -> str:
    """Return the page's path without its slash: by `first_screen`, else by `interaction_mode`, else sign-in."""
    if screen := parameters.get("first_screen"):
        return _FIRST_SCREENS[screen]
    return _INTERACTION_MODES.get(parameters.get("interaction_mode", ""), _DEFAULT_SCREEN)


def _direct_path(parameters: Mapping[str, str]) -> str | None:
    if direct := parameters.get("direct_sign_in"):
        method, _, target = direct.partition(":")
        return f"direct/{method}/{quote(target, safe='')}"
    return "direct/social/google" if "google_one_tap_credential" in parameters else None


def login_location(client_id: str, parameters: Mapping[str, str]) -> str:
    """Return path and query of the page at which the user signs in.

    One extra parameter of a form that does not exist, and all of them are ignored; the request goes on.
    """
    extras = parameters if has_valid_extras(parameters) else {}
    query = {"app_id": client_id} | forwarded(extras)
    screen = first_screen(extras)
    if direct := _direct_path(extras):
        return f"/{direct}?{urlencode(query | {'fallback': screen})}"
    return f"/{screen}?{urlencode(query)}"


def forwarded(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what every login page is told of a request, in order."""
    return {name: parameters[name] for name in _FORWARDED if parameters.get(name)}


def fallback_screen(named: str) -> str:
    """Return the page that a direct sign-in falls back to: the one that is named if it is a first one, else sign-in."""
    return named if named in _SCREENS else _DEFAULT_SCREEN


def consent_location(client_id: str) -> str:
    """Return path and query of the page at which the user is asked for consent."""
    return f"/consent?{urlencode({'app_id': client_id})}"
