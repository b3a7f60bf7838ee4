"""The cookies of the provider: the session, the interactions under way, and what the sign-in page is branded by.

A signed cookie `name` has a sibling `name.sig`. The signature covers the cookie's name and the tenant, so a cookie of
one tenant, or of another name, is worthless. All are `SameSite=Lax`, `Secure` on https and bound to the host.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from applications.models.document_clients import is_document_address
from common.crypto import sha256_hex
from tenants.context import current_tenant_id

SESSION = "_session"
INTERACTION = "_interaction"
INTERACTION_RESUME = "_interaction_resume"
BRANDING = "_logto"
ONE_TAP_CREDENTIAL = "_logto_google_one_tap_credential"
DEVICE_BROWSER = "_device"
DEVICE_XSRF = "_logto_device_flow_xsrf"

INTERACTION_MAX_AGE = 3600
ONE_TAP_CREDENTIAL_MAX_AGE = 10
DEVICE_BROWSER_MAX_AGE = 3600
DEVICE_XSRF_MAX_AGE = 600

_LATEST = "_legacy"
# So that the cookie stays far below the 4 kB that browsers keep.
_MAX_INTERACTIONS = 10
_LONGEST_KEY = 128
# A JWT that fits into a cookie; Google's take about 1,200 characters.
_CREDENTIAL = re.compile(r"[\w.-]{1,3500}", re.ASCII)


def _signer(name: str) -> Signer:
    return Signer(salt=f"gatehouse.cookie.{current_tenant_id()}.{name}")


def _read(request: HttpRequest, name: str) -> str | None:
    value, signature = request.COOKIES.get(name), request.COOKIES.get(f"{name}.sig")
    if not value or not signature:
        return None
    try:
        return _signer(name).unsign(f"{value}:{signature}")
    except BadSignature:
        return None


def _write(
    request: HttpRequest, response: HttpResponse, name: str, value: str, *, max_age: int, path: str = "/"
) -> None:
    for key, content in ((name, value), (f"{name}.sig", _signer(name).signature(value))):
        response.set_cookie(
            key, content, max_age=max_age, path=path, httponly=True, samesite="Lax", secure=request.is_secure()
        )


def _delete(response: HttpResponse, name: str, *, path: str = "/") -> None:
    for key in (name, f"{name}.sig"):
        response.delete_cookie(key, path=path, samesite="Lax")


# --- The session -----------------------------------------------------------------------------------------------------


def read_session(request: HttpRequest) -> str | None:
    """Return the SHA-256 of the session cookie's value, the form in which a session row knows it."""
    value = _read(request, SESSION)
    return None if value is None else sha256_hex(value)


def write_session(request: HttpRequest, response: HttpResponse, value: str, *, max_age: int) -> None:
    """Give the browser a session; also renews the cookie's age."""
    _write(request, response, SESSION, value, max_age=max_age)


def renew_session(request: HttpRequest, response: HttpResponse, *, max_age: int) -> None:
    """Let the session cookie that came with the request live for another `max_age` seconds."""
    if value := _read(request, SESSION):
        _write(request, response, SESSION, value, max_age=max_age)


def delete_session(response: HttpResponse) -> None:
    """Take the session from the browser."""
    _delete(response, SESSION)


# --- Interactions ----------------------------------------------------------------------------------------------------


def _interactions(request: HttpRequest) -> dict[str, str]:
    value = _read(request, INTERACTION)
    if value is None:
        return {}
    held = json.loads(unquote(value))
    return {str(key): str(uid) for key, uid in held.items()}


def _key(app_id: str) -> str:
    """The name of a client in the cookie; the digest of one whose id is an address, which may be long."""
    return sha256_hex(app_id) if len(app_id) > _LONGEST_KEY or is_document_address(app_id) else app_id


def find_interaction(request: HttpRequest, app_id: str | None) -> str | None:
    """Return the uid of the application's interaction in this browser; of the latest one where `app_id` is `None`."""
    return _interactions(request).get(_LATEST if app_id is None else _key(app_id))


def holds_interaction(request: HttpRequest, uid: str) -> bool:
    """Whether this browser has the interaction under way, in any of its windows."""
    return uid in _interactions(request).values()


def write_interactions(
    request: HttpRequest, response: HttpResponse, *, finished: str = "", opened: tuple[str, str] | None = None
) -> None:
    """Change the browser's interactions: drop the uid `finished`, and note `opened`, an application id and a uid."""
    before = _interactions(request)
    held = {app_id: uid for app_id, uid in before.items() if uid != finished}
    if opened:
        app_id, uid = _key(opened[0]), opened[1]
        # The request of another window goes on under its own name.
        if earlier := held.pop(app_id, None):
            held[earlier] = earlier
        held.pop(_LATEST, None)
        held = dict(list(held.items())[-_MAX_INTERACTIONS + 1 :]) | {app_id: uid, _LATEST: uid}
        _write(request, response, INTERACTION_RESUME, uid, max_age=INTERACTION_MAX_AGE, path=resume_path(uid))
    elif finished:
        # A response has one cookie of a name; where another is opened, the old one just expires, worth nothing.
        _delete(response, INTERACTION_RESUME, path=resume_path(finished))
    if held:
        value = quote(json.dumps(held, separators=(",", ":")), safe="")
        _write(request, response, INTERACTION, value, max_age=INTERACTION_MAX_AGE)
    elif before:
        _delete(response, INTERACTION)


def may_resume(request: HttpRequest, uid: str) -> bool:
    """Whether this browser opened the interaction: a link to its resumption is worth nothing in another one."""
    return _read(request, INTERACTION_RESUME) == uid


def resume_path(uid: str) -> str:
    """Return the path at which the interaction's authorization goes on."""
    return f"/oidc/auth/{uid}"


# --- Branding --------------------------------------------------------------------------------------------------------


def write_branding(request: HttpRequest, response: HttpResponse, parameters: Mapping[str, str]) -> None:
    """Tell the sign-in page, in a cookie that scripts may read, whose look and which languages to use.

    A client that nobody here knows has no look.
    """
    if is_document_address(parameters.get("client_id", "")):
        parameters = {name: value for name, value in parameters.items() if name != "client_id"}
    names = {"client_id": "appId", "organization_id": "organizationId", "ui_locales": "uiLocales"}
    context = {key: parameters[name] for name, key in names.items() if parameters.get(name)}
    value = quote(json.dumps(context, separators=(",", ":")), safe="")
    response.set_cookie(BRANDING, value, path="/", httponly=False, samesite="Lax", secure=request.is_secure())


def write_one_tap_credential(request: HttpRequest, response: HttpResponse, credential: str) -> None:
    """Hand Google One Tap's credential, with which an application begins, to the sign-in page's script for a moment.

    A page that is not ours calls the Experience API with it, which compares the two. Nothing for what is no JWT.
    """
    if not _CREDENTIAL.fullmatch(credential):
        return
    response.set_cookie(
        ONE_TAP_CREDENTIAL,
        credential,
        max_age=ONE_TAP_CREDENTIAL_MAX_AGE,
        path="/",
        httponly=False,
        samesite="Lax",
        secure=request.is_secure(),
    )


# --- Devices ---------------------------------------------------------------------------------------------------------


def find_device_browser(request: HttpRequest) -> str | None:
    """Return the name under which this browser's guesses at the codes of devices are counted."""
    return _read(request, DEVICE_BROWSER)


def write_device_browser(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Give the browser such a name."""
    _write(request, response, DEVICE_BROWSER, name, max_age=DEVICE_BROWSER_MAX_AGE)


def has_device_xsrf(request: HttpRequest) -> bool:
    """Whether the browser has what a page for devices posts to the provider with its form."""
    return bool(request.COOKIES.get(DEVICE_XSRF))


def write_device_xsrf(request: HttpRequest, response: HttpResponse, value: str) -> None:
    """Give it to the browser, in a cookie that a page's script may read."""
    response.set_cookie(
        DEVICE_XSRF,
        value,
        max_age=DEVICE_XSRF_MAX_AGE,
        path="/device",
        httponly=False,
        samesite="Lax",
        secure=request.is_secure(),
    )
