"""What an application of these tests sends to the machine endpoints."""

from typing import Any

from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of

DOCUMENT = "/oidc/.well-known/openid-configuration"


def redeem(browser: Browser, client_id: str, code: str, **changes: Any) -> Any:
    """Exchange a code; a change to `None` leaves a parameter out."""
    body = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": code,
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
        **changes,
    }
    return browser.client.post("/oidc/token", {name: value for name, value in body.items() if value is not None})


def refresh(browser: Browser, client_id: str, token: str, **changes: Any) -> Any:
    body = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token, **changes}
    return browser.client.post("/oidc/token", body)


def code_of(response: Any) -> str:
    return answer_of(response)["code"]


def error_of(answer: Any) -> str:
    return str(answer.json()["error"])
