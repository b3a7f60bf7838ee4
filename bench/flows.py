"""A walk through the steps of a path in this process, by Django's test client: what the load generator does, once."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import TOTP

from bench.load import Step, User, take_accounts
from common.clock import now, to_seconds

_FORM = "application/x-www-form-urlencoded"


def walk(user: User, *, host: str) -> list[int]:
    """Walk once and return how many SQL statements each step has sent; raises `AssertionError` for another status.

    What a step hands on stays in the user's variables, so single-use tokens go on where this walk leaves off.
    """
    client = Client(HTTP_HOST=f"{user['tenant']}.{host}" if "tenant" in user else host)
    for account in take_accounts(user, 1):
        user["variables"].update(account)
    return [_take(client, step, user["variables"]) for step in user["steps"]]


def _take(client: Client, step: Step, variables: dict[str, Any]) -> int:
    for name, rule in step.get("compute", {}).items():
        variables[name] = _totp(variables[rule["totp"]])
    headers = {name: _filled(value, variables) for name, value in step["headers"].items()}
    kind = headers.pop("Content-Type", _FORM)
    if "Cookie" in headers:
        client.cookies.load(headers.pop("Cookie"))
    path, body = _filled(step["path"], variables), _filled(step.get("body", ""), variables)
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(step["method"], path, body, content_type=kind, headers=headers)
    assert answer.status_code == step["expect"], (step["method"], path, answer.status_code, answer.content[:300])
    for name, rule in step.get("extract", {}).items():
        variables[name] = _found(rule, answer)
    return len(captured)


def _filled(template: str, variables: dict[str, Any]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda name: str(variables[name[1]]), template)


def _totp(secret: str) -> str:
    """Return what an authenticator app shows at present (RFC 6238)."""
    clock = TOTP(base64.b32decode(secret))
    clock.time = to_seconds(now())
    return f"{clock.token():06}"


def _found(rule: dict[str, Any], answer: Any) -> Any:
    if "json" in rule:
        return json.loads(answer.content)[rule["json"]]
    if "html" in rule:
        found = re.search(rule["html"], answer.content.decode())
        assert found, rule
        return found[1]
    location = urlsplit(answer["Location"])
    if "location" in rule:
        return parse_qs(location.query)[rule["location"]][0]
    return location._replace(scheme="", netloc="").geturl()
