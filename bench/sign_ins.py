"""Signing in, from the authorization endpoint to the tokens: at the hosted pages, or at a page of the tenant's own."""

from __future__ import annotations

from typing import Any

from bench.load import Step, User
from bench.second_tenant import TENANT
from bench.steps import REDIRECT_URI, VERIFIER, authorize_query, get, only, post

Scene = dict[str, Any]

# What is taken from a hosted page: where its form goes; or where a page that ends the journey leads.
_FORM_PAGE = {
    "csrf": {"html": r'name="csrfmiddlewaretoken" value="(\w+)"'},
    "form": {"html": r'action="([^"?]+)'},
    "request": {"html": r'action="[^"]+request=(\w+)'},
}
_NEXT = {"next": {"html": r'http-equiv="refresh" content="0;url=https?://[^/]+([^"]+)"'}}


def password(scene: Scene, number: int) -> User:
    """As a browser does it at the hosted pages: five requests."""
    form = _password_form(f"user{number % 8}", scene["password"])
    return only(
        *_sign_in_page(scene["spa"]),
        _post_form(scene["spa"], form, extract=_NEXT),
        get("${next}", expect=303, jar=True, extract={"code": {"location": "code"}}),
        _redeem(scene["spa"]),
    )


def authenticator_app(scene: Scene, _number: int) -> User:
    """The same at the second tenant, with the page of the authenticator app after the password's: seven requests.

    Everybody's walks share the accounts: each is another person's, because a code is good once.
    """
    spa = scene["second"]["spa"]
    form = _password_form("${username}", scene["password"])
    code = {"csrfmiddlewaretoken": "${csrf}", "code": "${totp}"}
    steps = [
        *_sign_in_page(spa),
        _post_form(spa, form, expect=303, extract={"page": {"redirect": True}}),
        get("${page}", jar=True, extract=_FORM_PAGE),
        _post_form(spa, code, compute={"totp": {"totp": "secret"}}, extract=_NEXT),
        get("${next}", expect=303, jar=True, extract={"code": {"location": "code"}}),
        _redeem(spa),
    ]
    return only(*steps) | {"tenant": TENANT, "accounts": scene["second"]["accounts"]}


def password_by_api(scene: Scene, number: int) -> User:
    """The same by a page of the tenant's own, which speaks to the Experience API: nine requests, userinfo with them."""
    jar = {"jar": True, "headers": {"Content-Type": "application/json"}}
    api = "/api/experience"
    query = authorize_query(scene["spa"], "openid profile email offline_access")
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
        _redeem(scene["spa"]),
        get("/oidc/me", headers={"Authorization": "Bearer ${access}"}),
    ]  # fmt: skip
    return only(*steps)


def _sign_in_page(client_id: str) -> list[Step]:
    query = authorize_query(client_id, "openid profile email offline_access")
    return [
        get(f"/oidc/auth?{query}&prompt=login", expect=303, jar=True, extract={"page": {"redirect": True}}),
        get("${page}", jar=True, extract=_FORM_PAGE),
    ]


def _password_form(username: str, password: str) -> dict[str, str]:
    return {"csrfmiddlewaretoken": "${csrf}", "identifier": username, "password": password}


def _post_form(client_id: str, form: dict[str, str], **more: Any) -> Step:
    """Send the form of the page at hand."""
    return post(f"${{form}}?app_id={client_id}&request=${{request}}", form, jar=True, **more)


def _redeem(client_id: str) -> Step:
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": "${code}",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    return post("/oidc/token", form, extract={"access": {"json": "access_token"}})
