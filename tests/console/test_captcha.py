"""The console's captcha page, as forms: what it keeps, what it shows, and what it says of a test."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.oauth import calls
from experience.captcha import turnstile
from experience.captcha.provider import config_of
from experience.models import CaptchaProvider
from experience.services.captcha_provider import put_captcha_provider
from experience.services.settings import get_sign_in_experience
from identity.models import User
from tenants.context import enter_tenant
from tests.connectors.social.web import Web
from tests.console.conftest import browser_of

URL = "/console/default/security/captcha/"
TURNSTILE = {"type": "Turnstile", "siteKey": "0x4AAA", "secretKey": "0x4AAA-secret"}


@pytest.fixture
def console(carol: User) -> Client:
    return browser_of(carol)


@pytest.fixture
def turnstile_kept(carol: User) -> None:
    with enter_tenant("default"):
        put_captcha_provider(TURNSTILE, actor=SYSTEM)


def stored() -> Any:
    with enter_tenant("default"):
        row = CaptchaProvider.objects.first()
        return row and config_of(row), get_sign_in_experience().requires_captcha


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_every_kind_is_offered(console: Client) -> None:
    page = console.get(URL).content.decode()
    assert all(f"?kind={name}" in page for name in ("ProofOfWork", "Turnstile", "RecaptchaEnterprise"))
    assert console.get(f"{URL}?kind=x").status_code == 200


def test_a_kind_is_set_up_and_switched_on_at_once(console: Client) -> None:
    assert console.post(f"{URL}?kind=ProofOfWork", {"enabled": "on", "difficulty": "low"}).status_code == 302
    config, is_on = stored()
    assert (config["difficulty"], is_on) == ("low", True)
    assert config["hmacKey"] not in console.get(URL).content.decode()


@pytest.mark.usefixtures("turnstile_kept")
def test_a_secret_is_never_shown_and_stays_unless_typed(console: Client) -> None:
    page = console.get(URL).content.decode()
    assert "0x4AAA-secret" not in page
    assert "Stored. Leave it empty to keep it." in page
    console.post(URL, {"siteKey": "0x4BBB", "secretKey": ""})
    assert stored() == ({**TURNSTILE, "siteKey": "0x4BBB"}, False)
    console.post(URL, {"siteKey": "0x4BBB", "secretKey": "new"})
    assert stored()[0]["secretKey"] == "new"


@pytest.mark.usefixtures("turnstile_kept")
def test_a_secret_of_one_kind_is_none_of_another(console: Client) -> None:
    answer = console.post(f"{URL}?kind=RecaptchaEnterprise", {"siteKey": "6Lc", "projectId": "p", "secretKey": ""})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() >= {"secretKey"}
    assert stored()[0] == TURNSTILE


def test_what_the_service_refuses_is_told_at_its_field(console: Client) -> None:
    answer = console.post(f"{URL}?kind=Turnstile", {"siteKey": "a b", "secretKey": "x", "enabled": "on"})
    assert answer.context["form"].errors == {"siteKey": ["This is not a key."]}
    assert stored() == (None, False)


def test_keys_are_tested_and_not_saved(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web()
    monkeypatch.setattr(calls, "fetch", web.fetch)
    typed = {"siteKey": "0x4AAA", "secretKey": "typed", "test": "yes"}
    web.answer(turnstile.SITEVERIFY, {"success": False, "error-codes": ["invalid-input-response"]})
    answer = console.post(f"{URL}?kind=Turnstile", typed)
    assert said(answer) == [
        "Cloudflare knows the secret key. Whether the site key belongs to it shows on the sign-in page."
    ]
    assert web.sent_to(turnstile.SITEVERIFY).form["secret"] == "typed"
    web.answer(turnstile.SITEVERIFY, {"success": False, "error-codes": ["invalid-input-secret"]})
    answer = console.post(f"{URL}?kind=Turnstile", typed)
    assert said(answer) == ["The provider does not take these keys: invalid-input-secret"]
    assert stored() == (None, False)


@pytest.mark.usefixtures("turnstile_kept")
def test_deleting_switches_captchas_off(console: Client) -> None:
    console.post(URL, {"siteKey": "0x4AAA", "secretKey": "", "enabled": "on"})
    assert stored()[1] is True
    for told in ("Captchas are off, and the keys are deleted.", "There was none any more."):
        assert said(console.post(URL, {"delete": "yes"}, follow=True))[-1] == told
    assert stored() == (None, False)
