"""The measured paths: what a user of each server does, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench import sign_ins
from bench.load import User
from bench.steps import authorize_query, basic, get, only, post

API = "https://api.example.com"

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
AUTHENTICATOR = "password and authenticator app, authorize to tokens"
# Most of what a sign-in may cost is the password's hash: fewer people at once show it. More than the threads that may
# wait for a hash are refused (429), by design.
CONCURRENCY = {SIGN_IN: (1, 8), SIGN_IN_API: (1, 8), AUTHENTICATOR: (1, 8)}
DEFAULT_CONCURRENCY = (1, 16, 64)

Scene = dict[str, Any]
Users = Callable[[Scene, int], User]


# --- Gatehouse -------------------------------------------------------------------------------------------------------
def _person(scene: Scene, number: int) -> dict[str, str]:
    people: list[dict[str, str]] = scene["people"]
    return people[number % len(people)]


GATEHOUSE: dict[str, Users] = {
    CLIENT_CREDENTIALS: lambda scene, _number: only(
        post(
            "/oidc/token",
            {"grant_type": "client_credentials", "resource": API, "scope": "read:things"},
            headers=basic(scene["machine"], scene["secret"]),
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
            headers=basic(scene["web"], scene["secret"]),
        )
    ),
    DISCOVERY: lambda _scene, _number: only(get("/oidc/.well-known/openid-configuration")),
    JWKS: lambda _scene, _number: only(get("/oidc/jwks")),
    AUTHORIZE: lambda scene, number: only(
        get(
            "/oidc/auth?" + authorize_query(scene["spa"], "openid profile email"),
            headers={"Cookie": _person(scene, number)["cookies"]},
            expect=303,
        )
    ),
    USER: lambda scene, number: only(
        get(f"/api/users/{_person(scene, number)['id']}", headers={"Authorization": f"Bearer {scene['management']}"})
    ),
    USERS: lambda scene, _number: only(get("/api/users", headers={"Authorization": f"Bearer {scene['management']}"})),
    SIGN_IN: sign_ins.password,
    SIGN_IN_API: sign_ins.password_by_api,
    AUTHENTICATOR: sign_ins.authenticator_app,
}

# --- oidc-provider ---------------------------------------------------------------------------------------------------
_MACHINE = basic("machine", "the-secret-of-this-application-01")
_WEB = basic("web", "the-secret-of-this-application-01")

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
            "/auth?" + authorize_query("spa", "openid profile email"),
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
            headers=basic(scene["machine"], scene["secret"]),
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
            headers=basic(scene["machine"], scene["secret"]),
        )
    ),
    DISCOVERY: lambda _scene, _number: only(get("/o/.well-known/openid-configuration")),
    JWKS: lambda _scene, _number: only(get("/o/.well-known/jwks.json")),
}
