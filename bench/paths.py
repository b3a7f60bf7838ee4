"""The measured paths: what a user of each server does, step by step."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from bench.load import Step, User

VERIFIER = "a-code-verifier-of-more-than-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT_URI = "https://app.example.com/callback"
API = "https://api.example.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

CLIENT_CREDENTIALS = "client credentials → access token"
REFRESH = "refresh → organization token, rotated"
USERINFO = "userinfo"
INTROSPECTION = "introspection"
DISCOVERY = "discovery"
JWKS = "JWKS"
AUTHORIZE = "authorize → code, live session"
USER = "Management API: user by id"
USERS = "Management API: first 20 of 1,000 users"
SIGN_IN = "password sign-in, authorize to tokens"
SIGN_IN_API = "the same by the Experience API"
# Most of what a sign-in may cost is the password's hash: fewer people at once show it. More than the threads that may
# wait for a hash are refused (429), by design.
CONCURRENCY = {SIGN_IN: (1, 8), SIGN_IN_API: (1, 8)}
DEFAULT_CONCURRENCY = (1, 16, 64)

Scene = dict[str, Any]
Users = Callable[[Scene, int], User]


def _basic(client_id: str, secret: str) -> dict[str, str]:
    credentials = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}


def get(path: str, *, headers: dict[str, str] | None = None, expect: int = 200, **more: Any) -> Step:
    return {"method": "GET", "path": path, "headers": headers or {}, "expect": expect, **more}


def post(path: str, form: dict[str, str], *, headers: dict[str, str] | None = None, **more: Any) -> Step:
    # A variable is put in as it is: the values that travel need no escaping.
    body = urlencode(form, safe="${}")
    return {"method": "POST", "path": path, "headers": FORM | (headers or {}), "body": body, "expect": 200, **more}


def only(*steps: Step, **variables: str) -> User:
    return {"variables": variables, "steps": list(steps)}


def _authorize_query(client_id: str, scope: str, **more: str) -> str:
    parameters = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": scope,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return urlencode(parameters | more)


# --- Gatehouse -------------------------------------------------------------------------------------------------------
def _gatehouse_sign_in(scene: Scene, number: int) -> User:
    """From the authorization endpoint to the tokens, as a browser does it at the hosted pages: five requests."""
    query = _authorize_query(scene["spa"], "openid profile email offline_access")
    form = {
        "csrfmiddlewaretoken": "${csrf}", "identifier": f"user{number % 8}", "password": scene["password"],
    }  # fmt: skip
    steps = [
        get(f"/oidc/auth?{query}&prompt=login", expect=303, jar=True, extract={"page": {"redirect": True}}),
        get(
            "${page}", jar=True,
            extract={
                "csrf": {"html": r'name="csrfmiddlewaretoken" value="(\w+)"'},
                "form": {"html": r'action="([^"?]+)'},
                "request": {"html": r'action="[^"]+request=(\w+)'},
            },
        ),
        post(
            f"${{form}}?app_id={scene['spa']}&request=${{request}}", form, jar=True,
            extract={"next": {"html": r'http-equiv="refresh" content="0;url=https?://[^/]+([^"]+)"'}},
        ),
        get("${next}", expect=303, jar=True, extract={"code": {"location": "code"}}),
        _redeem(scene),
    ]  # fmt: skip
    return only(*steps)


def _redeem(scene: Scene) -> Step:
    form = {
        "grant_type": "authorization_code",
        "client_id": scene["spa"],
        "code": "${code}",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    return post("/oidc/token", form, extract={"access": {"json": "access_token"}})


def _gatehouse_sign_in_api(scene: Scene, number: int) -> User:
    """The same by a page of the tenant's own, which speaks to the Experience API: nine requests, userinfo with them."""
    jar = {"jar": True, "headers": {"Content-Type": "application/json"}}
    api = "/api/experience"
    query = _authorize_query(scene["spa"], "openid profile email offline_access")
    identifier = f'{{"identifier":{{"type":"username","value":"user{number % 8}"}},"password":"{scene["password"]}"}}'
    steps = [
        get(f"/oidc/auth?{query}&prompt=login", expect=303, jar=True, extract={"page": {"redirect": True}}),
        get("${page}", jar=True),
        {"method": "PUT", "path": api, "body": '{"interactionEvent":"SignIn"}', "expect": 204, **jar},
        {
            "method": "POST", "path": f"{api}/verification/password", "body": identifier, "expect": 200, **jar,
            "extract": {"verification": {"json": "verificationId"}},
        },
        {
            "method": "POST", "path": f"{api}/identification", "body": '{"verificationId":"${verification}"}',
            "expect": 204, **jar,
        },
        {
            "method": "POST", "path": f"{api}/submit", "body": "", "expect": 200, **jar,
            "extract": {"next": {"json": "redirectTo"}},
        },
        get("${next}", expect=303, jar=True, extract={"code": {"location": "code"}}),
        _redeem(scene),
        get("/oidc/me", headers={"Authorization": "Bearer ${access}"}),
    ]  # fmt: skip
    return only(*steps)


def _person(scene: Scene, number: int) -> dict[str, str]:
    people: list[dict[str, str]] = scene["people"]
    return people[number % len(people)]


GATEHOUSE: dict[str, Users] = {
    CLIENT_CREDENTIALS: lambda scene, _number: only(
        post(
            "/oidc/token",
            {"grant_type": "client_credentials", "resource": API, "scope": "read:things"},
            headers=_basic(scene["machine"], scene["secret"]),
        )
    ),
    REFRESH: lambda scene, number: only(
        post(
            "/oidc/token",
            {
                "grant_type": "refresh_token",
                "client_id": scene["spa"],
                "refresh_token": "${token}",
                "organization_id": scene["organization"],
            },
            extract={"token": {"json": "refresh_token"}},
        ),
        token=_person(scene, number)["refreshToken"],
    ),
    USERINFO: lambda scene, number: only(
        get("/oidc/me", headers={"Authorization": f"Bearer {_person(scene, number)['accessToken']}"})
    ),
    INTROSPECTION: lambda scene, number: only(
        post(
            "/oidc/token/introspection",
            {"token": _person(scene, number)["accessToken"]},
            headers=_basic(scene["web"], scene["secret"]),
        )
    ),
    DISCOVERY: lambda _scene, _number: only(get("/oidc/.well-known/openid-configuration")),
    JWKS: lambda _scene, _number: only(get("/oidc/jwks")),
    AUTHORIZE: lambda scene, number: only(
        get(
            "/oidc/auth?" + _authorize_query(scene["spa"], "openid profile email"),
            headers={"Cookie": _person(scene, number)["cookies"]},
            expect=303,
        )
    ),
    USER: lambda scene, number: only(
        get(f"/api/users/{_person(scene, number)['id']}", headers={"Authorization": f"Bearer {scene['management']}"})
    ),
    USERS: lambda scene, _number: only(get("/api/users", headers={"Authorization": f"Bearer {scene['management']}"})),
    SIGN_IN: _gatehouse_sign_in,
    SIGN_IN_API: _gatehouse_sign_in_api,
}

# --- oidc-provider ---------------------------------------------------------------------------------------------------
_MACHINE = _basic("machine", "the-secret-of-this-application-01")
_WEB = _basic("web", "the-secret-of-this-application-01")

# Without state: these are asked of two processes. The others need one process, whose memory they live in.
STATELESS = frozenset({CLIENT_CREDENTIALS, DISCOVERY, JWKS})

OIDC_PROVIDER: dict[str, Users] = {
    CLIENT_CREDENTIALS: lambda _scene, _number: only(
        post("/token", {"grant_type": "client_credentials", "resource": API, "scope": "read:things"}, headers=_MACHINE)
    ),
    REFRESH: lambda scene, number: only(
        post(
            "/token",
            {
                "grant_type": "refresh_token",
                "client_id": "spa",
                "refresh_token": "${token}",
                "resource": "urn:organization:wayne",
            },
            extract={"token": {"json": "refresh_token"}},
        ),
        token=_person(scene, number)["refreshToken"],
    ),
    USERINFO: lambda scene, number: only(
        get("/me", headers={"Authorization": f"Bearer {_person(scene, number)['accessToken']}"})
    ),
    INTROSPECTION: lambda scene, number: only(
        post("/token/introspection", {"token": _person(scene, number)["accessToken"]}, headers=_WEB)
    ),
    DISCOVERY: lambda _scene, _number: only(get("/.well-known/openid-configuration")),
    JWKS: lambda _scene, _number: only(get("/jwks")),
    AUTHORIZE: lambda scene, number: only(
        get(
            "/auth?" + _authorize_query("spa", "openid profile email"),
            headers={"Cookie": _person(scene, number)["cookies"]},
            expect=303,
        )
    ),
}

# --- django-oauth-toolkit --------------------------------------------------------------------------------------------
DJANGO_OAUTH_TOOLKIT: dict[str, Users] = {
    CLIENT_CREDENTIALS: lambda scene, _number: only(
        post(
            "/o/token/",
            {"grant_type": "client_credentials", "scope": "read"},
            headers=_basic(scene["machine"], scene["secret"]),
        )
    ),
    REFRESH: lambda scene, number: only(
        post(
            "/o/token/",
            {"grant_type": "refresh_token", "client_id": scene["spa"], "refresh_token": "${token}"},
            extract={"token": {"json": "refresh_token"}},
        ),
        token=_person(scene, number)["refreshToken"],
    ),
    USERINFO: lambda scene, number: only(
        get("/o/userinfo/", headers={"Authorization": f"Bearer {_person(scene, number)['accessToken']}"})
    ),
    INTROSPECTION: lambda scene, number: only(
        post(
            "/o/introspect/",
            {"token": _person(scene, number)["accessToken"]},
            headers=_basic(scene["machine"], scene["secret"]),
        )
    ),
    DISCOVERY: lambda _scene, _number: only(get("/o/.well-known/openid-configuration")),
    JWKS: lambda _scene, _number: only(get("/o/.well-known/jwks.json")),
}
