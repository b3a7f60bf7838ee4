"""Signing in to the console through Gatehouse's own provider: authorization code with PKCE, in tenant `admin`."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from applications.client_lookup import get_client
from applications.clients import AUTHORIZATION_CODE
from common.clock import now
from common.crypto import equal
from common.oauth.bodies import Form
from common.oauth.errors import OAuthError
from common.pipeline import CONSOLE_PREFIX
from identity.models import User
from identity.selectors import get_user
from oidc.sessions.grants import revoke_grant
from oidc.token.endpoint import exchange_token
from oidc.token.exchange import Exchange, ReplayError
from tenants.hosts import issuer_of, origin_of_request

CLIENT_ID = "admin-console"
CALLBACK_PATH = f"{CONSOLE_PREFIX}/callback"
SIGNED_OUT_PATH = f"{CONSOLE_PREFIX}/"
_SCOPE = "openid profile email"
_SESSION_KEY = "console_sign_in"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the provider says of a finished sign-in: who it is, and the session that it opened or went on with."""

    user: User
    session_id: str
    id_token: str | None


def redirect_uri(origin: str) -> str:
    """Return the console's redirect URI under an origin."""
    return f"{origin}{CALLBACK_PATH}"


def post_logout_redirect_uri(origin: str) -> str:
    """Return where the console sends a browser after signing out."""
    return f"{origin}{SIGNED_OUT_PATH}"


def safe_next(request: HttpRequest, target: str) -> str:
    """Return `target` if it stays in the console, the console's start otherwise."""
    inside = target.startswith(f"{CONSOLE_PREFIX}/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if inside else f"{CONSOLE_PREFIX}/"


def link_of(request: HttpRequest) -> dict[str, str]:
    """Return what an invitation's link brings: a one-time token and the address that it is for; empty without both."""
    found = {name: request.GET.get(name, "") for name in ("one_time_token", "login_hint")}
    return found if all(found.values()) else {}


def begin(request: HttpRequest, *, target: str, link: Mapping[str, str] = MappingProxyType({})) -> str:
    """Start a sign-in: remember state and verifier in the session and return the authorization URL."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    request.session[_SESSION_KEY] = {"state": state, "verifier": verifier, "next": safe_next(request, target)}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    origin = origin_of_request(request)
    query = {
        "client_id": CLIENT_ID,
        "redirect_uri": redirect_uri(origin),
        "response_type": "code",
        "scope": _SCOPE,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **link,
    }
    return f"{origin}/oidc/auth?{urlencode(query)}"


def finish(request: HttpRequest) -> tuple[str, str] | None:
    """Return `(code verifier, next)` of the sign-in whose callback this is, once; `None` if there is none."""
    pending = request.session.pop(_SESSION_KEY, None)
    if not pending or not equal(str(pending["state"]), request.GET.get("state", "")):
        return None
    return pending["verifier"], pending["next"]


def redeem(request: HttpRequest, *, verifier: str) -> SignedIn:
    """Redeem the callback's code at our own provider, in process.

    The checks are those of the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.6), so the code must be the
    console's own and unused. Raises their `OAuthError`, also where the provider reports a failure instead of a code.
    """
    if error := request.GET.get("error"):
        raise OAuthError(error, request.GET.get("error_description", ""))
    origin = origin_of_request(request)
    form = Form(
        {
            "grant_type": AUTHORIZATION_CODE,
            "code": request.GET.get("code", ""),
            "redirect_uri": redirect_uri(origin),
            "code_verifier": verifier,
        },
        (),
    )
    exchange = Exchange(form=form, issuer=issuer_of(origin), moment=now(), client=get_client(CLIENT_ID))
    try:
        answer = exchange_token(exchange)
    except ReplayError as replay:
        revoke_grant(replay.grant_id)
        raise
    return SignedIn(get_user(exchange.user_id), exchange.source.session_id or "", answer.get("id_token"))
