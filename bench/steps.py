"""What the steps of a walk are made of: requests, and what is taken from their answers."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote, urlencode

from bench.load import Step, User

VERIFIER = "a-code-verifier-of-more-than-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT_URI = "https://app.example.com/callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(client_id: str, secret: str) -> dict[str, str]:
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


def authorize_query(client_id: str, scope: str, **more: str) -> str:
    parameters = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": scope,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return urlencode(parameters | more)
