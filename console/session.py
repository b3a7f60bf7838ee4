"""The console's own session: begun by the callback of the provider, ended together with the provider's."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from common.pipeline import CONSOLE_PREFIX
from console import sign_in
from oidc.sessions.selectors import is_session_live
from tenants.hosts import issuer_of, origin_of_request

BACKEND = "console.backends.ConsoleBackend"
SIGN_IN_PATH = f"{CONSOLE_PREFIX}/sign-in"
# The session keeps the tenant opened last.
LAST_TENANT = "console_tenant"
# The provider's session that this one was begun in.
PROVIDER_SESSION = "console_provider_session"
_ID_TOKEN = "console_id_token"


def sign_in_address(request: HttpRequest) -> str:
    """Return where to sign in and come back to the page that was asked for."""
    target = request.get_full_path() if request.method == "GET" else f"{CONSOLE_PREFIX}/"
    return f"{SIGN_IN_PATH}?{urlencode({'next': target})}"


def begin_session(request: HttpRequest, signed_in: sign_in.SignedIn) -> None:
    """Sign the developer in under a new session key; what the browser held before is dropped."""
    request.session.flush()
    django_user: Any = signed_in.user
    auth.login(request, django_user, backend=BACKEND)
    request.session[PROVIDER_SESSION] = signed_in.session_id
    if signed_in.id_token:
        request.session[_ID_TOKEN] = signed_in.id_token


def end_with_provider(request: HttpRequest) -> None:
    """Forget the developer whose session at the provider is over: signed out elsewhere, revoked, run out.

    Asked with every request instead of by back-channel logout, which needs the console to reach itself by network and
    arrives a moment later. One statement, for a browser in which somebody is signed in.
    """
    user_id = request.session.get(auth.SESSION_KEY)
    if user_id is not None and not is_session_live(user_id, request.session.get(PROVIDER_SESSION, "")):
        request.session.flush()


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the console's session and go on to the provider's sign-out (OpenID Connect RP-Initiated Logout 1.0)."""
    origin = origin_of_request(request)
    query = {
        "client_id": sign_in.CLIENT_ID,
        "post_logout_redirect_uri": sign_in.post_logout_redirect_uri(origin),
    }
    if hint := request.session.get(_ID_TOKEN):
        query["id_token_hint"] = hint
    auth.logout(request)
    return HttpResponseRedirect(f"{issuer_of(origin)}/session/end?{urlencode(query)}")
