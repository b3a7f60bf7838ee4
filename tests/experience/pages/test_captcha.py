"""The captcha of the pages on which a journey begins."""

import json
import re
from html import unescape
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from experience.services.captcha_provider import put_captcha_provider
from experience.services.settings import update_sign_in_experience
from identity.models import User
from tests.experience.captcha.conftest import (  # noqa: F401  # fixtures
    PROOF_OF_WORK,
    RECAPTCHA,
    TURNSTILE,
    _easy,
    proof_of_work_on,
    solved,
)
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.experience.providers.fakes import Orbit

_CHALLENGE = re.compile(r'data-challenge="([^"]+)"')


def solve(visitor: Visitor) -> str:
    """What the page's script finds."""
    challenge = _CHALLENGE.search(visitor.html)
    assert challenge, visitor.html
    return solved(json.loads(unescape(challenge[1])))


def policy(visitor: Visitor) -> dict[str, list[str]]:
    directives = (part.split() for part in visitor.response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


@pytest.mark.usefixtures("proof_of_work_on")
def test_a_password_is_sent_with_a_captcha(visitor: Visitor, alice: User) -> None:
    visitor.open()
    assert visitor.send(identifier="alice", password=PASSWORD, captcha=solve(visitor)).arrive()["code"]


@pytest.mark.usefixtures("proof_of_work_on")
@pytest.mark.parametrize(("token", "code"), [("", "required"), ("x", "failed"), ("x" * 20_000, "failed")])
def test_what_was_typed_stays(visitor: Visitor, alice: User, token: str, code: str) -> None:
    """Whoever posts without a token gets no further, and finds the form as it was: passwords alone never come back."""
    visitor.open().send(identifier="alice", password=PASSWORD, **({"captcha": token} if token else {}))
    assert visitor.error_codes == [f"session.captcha_{code}"]
    assert 'value="alice"' in visitor.html
    assert PASSWORD not in visitor.html
    assert visitor.send(identifier="alice", password=PASSWORD, captcha=solve(visitor)).arrive()["code"]


@pytest.mark.usefixtures("proof_of_work_on")
def test_a_wrong_password_needs_another_token(visitor: Visitor, alice: User) -> None:
    token = solve(visitor.open())
    assert visitor.send(identifier="alice", password="wrong", captcha=token).error_codes == [
        "session.invalid_credentials"
    ]
    assert visitor.send(identifier="alice", password=PASSWORD, captcha=token).error_codes == ["session.captcha_failed"]


@pytest.mark.usefixtures("proof_of_work_on")
def test_a_new_account(visitor: Visitor) -> None:
    visitor.open(first_screen="register").send(identifier="dora")
    assert visitor.error_codes == ["session.captcha_required"]
    visitor.send(identifier="dora", captcha=solve(visitor))
    assert visitor.path == "/continue/password"
    assert visitor.send(password="copper lantern 77").arrive()["code"]


@pytest.mark.usefixtures("proof_of_work_on", "every_method")
def test_codes_are_sent_after_a_captcha(visitor: Visitor, alice: User, outbox: list[dict[str, Any]]) -> None:
    for path in ("/sign-in", "/forgot-password", "/identifier-sign-in", "/reset-password"):
        visitor.open().go(path).send(identifier="alice@example.com")
        assert visitor.error_codes == ["session.captcha_required"], path
    assert outbox == []
    visitor.open().go("/forgot-password")
    visitor.send(identifier="alice@example.com", captcha=solve(visitor))
    assert visitor.path == "/forgot-password/verification-code"
    visitor.send(code=outbox[-1]["payload"]["code"]).send(password="copper lantern 77")
    assert visitor.path == "/sign-in"


@pytest.mark.usefixtures("every_method")
def test_a_journey_from_before_the_switch_begins_again(visitor: Visitor, alice: User, settings_of: Any) -> None:
    """Its page has no captcha: who would go on there is led to the one that has."""
    visitor.open().send(identifier="alice@example.com")
    assert visitor.path == "/sign-in/password"
    put_captcha_provider(PROOF_OF_WORK, actor=SYSTEM)
    settings_of(captchaPolicy={"enabled": True})
    visitor.send(action="code")
    assert visitor.path == "/sign-in"
    assert "data-captcha" in visitor.html


@pytest.mark.usefixtures("proof_of_work_on", "connector")
def test_the_way_to_a_provider_needs_none(visitor: Visitor, orbit: Orbit, settings_of: Any) -> None:
    settings_of(socialSignInConnectorTargets=["orbit"])
    visitor.open()
    button = re.search(r'name="connector" value="([^"]+)"', visitor.html)
    assert button
    visitor.send(connector=button[1])
    assert "https://orbit.example/authorize" in visitor.html


def test_without_captchas_nothing_of_them_is_there(visitor: Visitor, alice: User) -> None:
    put_captcha_provider(TURNSTILE, actor=SYSTEM)
    visitor.open()
    assert "captcha" not in visitor.html
    assert "cloudflare" not in visitor.response["Content-Security-Policy"]
    assert visitor.send(identifier="alice", password=PASSWORD, captcha="ignored").arrive()["code"]


@pytest.mark.usefixtures("proof_of_work_on")
def test_a_proof_of_work_admits_nobody_else(visitor: Visitor) -> None:
    admitted = policy(visitor.open())
    assert [source for source in admitted["script-src"] if not source.startswith("'nonce-")] == []
    assert "frame-src" not in admitted
    assert "<noscript>" in visitor.html


@pytest.mark.parametrize(
    ("config", "source", "hosts"),
    [
        (TURNSTILE, "https://challenges.cloudflare.com/turnstile/v0/api.js", {"challenges.cloudflare.com"}),
        (RECAPTCHA, "https://www.google.com/recaptcha/enterprise.js?render=6Lc-site", {"www.google.com"}),
        (
            {**RECAPTCHA, "mode": "checkbox", "domain": "recaptcha.net"},
            "https://recaptcha.net/recaptcha/enterprise.js?render=explicit",
            {"recaptcha.net"},
        ),
    ],
)
def test_a_page_admits_its_provider_alone(
    visitor: Visitor, settings_of: Any, config: Any, source: str, hosts: set[str]
) -> None:
    put_captcha_provider(config, actor=SYSTEM)
    settings_of(captchaPolicy={"enabled": True})
    admitted = policy(visitor.open())
    assert f'data-source="{source}' in visitor.html
    third = {item.split("/")[2] for item in admitted["script-src"] + admitted["frame-src"] if item.startswith("http")}
    assert hosts <= third <= {*hosts, "www.gstatic.com", "www.gstatic.cn", "recaptcha.google.com"}
    assert config["secretKey"] not in visitor.html
    # Only where a journey begins.
    visitor.go("/unknown-session")
    assert not hosts & {item.split("/")[2] for item in policy(visitor)["script-src"] if item.startswith("http")}


def test_a_site_key_is_text(visitor: Visitor, application: Application) -> None:
    put_captcha_provider({**TURNSTILE, "siteKey": '"><script>alert(1)</script>'}, actor=SYSTEM)
    update_sign_in_experience({"captchaPolicy": {"enabled": True}}, actor=SYSTEM)
    assert "<script>alert" not in visitor.open().html
