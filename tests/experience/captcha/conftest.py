"""A tenant whose journeys need a proof of work, which costs next to nothing here; and how a browser solves it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from altcha import Challenge, Payload, solve_challenge

from common.actors import SYSTEM
from connectors.oauth import calls
from experience.captcha import proof_of_work
from experience.services.captcha_provider import put_captcha_provider
from tenants.models import Tenant
from tests.connectors.social.web import Web
from tests.experience.conftest import Browser
from tests.experience.providers.conftest import connector, orbit, social  # noqa: F401  # fixtures

PROOF_OF_WORK = {"type": "ProofOfWork", "difficulty": "low"}
TURNSTILE = {"type": "Turnstile", "siteKey": "0x4AAA", "secretKey": "0x4AAA-secret"}
RECAPTCHA = {"type": "RecaptchaEnterprise", "siteKey": "6Lc-site", "secretKey": "AIza-secret", "projectId": "shop-1"}


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "_COST", 1)


@pytest.fixture
def proof_of_work_on(tenant: Tenant, settings_of: Callable[..., None]) -> None:
    """Journeys need a proof of work."""
    put_captcha_provider(PROOF_OF_WORK, actor=SYSTEM)
    settings_of(captchaPolicy={"enabled": True})


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tenant: Tenant) -> Web:
    """Providers that answer as recorded."""
    web = Web()
    monkeypatch.setattr(calls, "fetch", web.fetch)
    return web


def solved(challenge: dict[str, Any]) -> str:
    """The token of a challenge, as ALTCHA's own library makes it."""
    asked = Challenge.from_dict(challenge)
    solution = solve_challenge(asked)
    assert solution
    return Payload(asked, solution).to_base64()


def fresh_token(browser: Browser) -> str:
    """Get a challenge as a client does, and solve it."""
    answer = browser.client.get("/api/.well-known/captcha-challenge")
    assert answer.status_code == 200, answer.content
    return solved(answer.json())


def begin(browser: Browser, event: str, token: str | None = None) -> tuple[int, Any]:
    """Begin a journey with a token."""
    return browser.put("", {"interactionEvent": event, **({} if token is None else {"captchaToken": token})})


def changed(token: str, change: Callable[[dict[str, Any]], Any]) -> str:
    """A token with something in it changed."""
    payload = json.loads(base64.b64decode(token))
    change(payload)
    return base64.b64encode(json.dumps(payload).encode()).decode()
