"""`/api/captcha-provider`: what verifies the tenant's captchas, and the switch that goes with it."""

from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from experience.models import CaptchaProvider
from tenants.context import enter_tenant

URL = "/api/captcha-provider"
TURNSTILE = {"type": "Turnstile", "siteKey": "0x4AAA", "secretKey": "0x4AAA-secret"}
RECAPTCHA = {"type": "RecaptchaEnterprise", "siteKey": "6Lc", "secretKey": "AIza", "projectId": "shop-1"}


def put(api: Client, config: Any) -> Any:
    return api.put(URL, {"config": config}, content_type="application/json")


def switch(api: Client, *, on: bool) -> Any:
    return api.patch("/api/sign-in-exp", {"captchaPolicy": {"enabled": on}}, content_type="application/json")


def public(api: Client) -> Any:
    return api.get("/api/.well-known/sign-in-exp").json()


def test_there_is_none_at_first(api: Client) -> None:
    for answer in (api.get(URL), api.delete(URL)):
        assert (answer.status_code, answer.json()["code"]) == (404, "entity.not_found")


def test_set_up_replace_and_remove(api: Client) -> None:
    row = put(api, TURNSTILE).json()
    assert set(row) == {"tenantId", "id", "config", "createdAt", "updatedAt"}
    assert row["config"] == TURNSTILE
    assert api.get(URL).json() == row
    whole = {**RECAPTCHA, "domain": "www.recaptcha.net", "mode": "checkbox"}
    replaced = put(api, {**whole, "unknown": 1}).json()
    assert (replaced["id"], replaced["config"], replaced["createdAt"]) == (row["id"], whole, row["createdAt"])
    assert api.delete(URL).status_code == 204
    assert api.get(URL).status_code == 404


def test_our_own_key_never_leaves(api: Client) -> None:
    row = put(api, {"type": "ProofOfWork", "difficulty": "high", "hmacKey": "mine"}).json()
    assert row["config"] == {"type": "ProofOfWork", "difficulty": "high"}
    assert put(api, {"type": "ProofOfWork"}).json()["config"] == {"type": "ProofOfWork"}


def test_secrets_are_sealed_and_not_logged(api: Client) -> None:
    put(api, TURNSTILE)
    put(api, {**TURNSTILE, "secretKey": "0x4AAA-another"})
    with enter_tenant("default"):
        assert b"0x4AAA" not in bytes(CaptchaProvider.objects.get().sealed_config)
        entries = AuditLog.objects.filter(key__startswith="CaptchaProvider.").order_by("created_at")
        assert [entry.key for entry in entries] == ["CaptchaProvider.Created", "CaptchaProvider.Updated"]
        assert entries[1].payload["changed"] == ["secretKey"]
        assert "0x4AAA" not in str([entry.payload for entry in entries])


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({}, "config.type"),
        ({"type": "HCaptcha"}, "config.type"),
        ({"type": ["Turnstile"]}, "config.type"),
        ({"type": "Turnstile", "siteKey": "a"}, "config.secretKey"),
        ({**TURNSTILE, "siteKey": ""}, "config.siteKey"),
        ({**TURNSTILE, "siteKey": 'a"><script>'}, None),
        ({**TURNSTILE, "siteKey": "a b"}, "config.siteKey"),
        ({**TURNSTILE, "secretKey": "ключ"}, "config.secretKey"),
        ({**TURNSTILE, "secretKey": "x" * 513}, "config.secretKey"),
        ({**TURNSTILE, "secretKey": "a\r\nX-Evil: 1"}, "config.secretKey"),
        ({**RECAPTCHA, "mode": "audio"}, "config.mode"),
        # Whose script runs on the sign-in page is not for a tenant's settings to say.
        ({**RECAPTCHA, "domain": "scripts.mallory.example"}, "config.domain"),
        ({**RECAPTCHA, "domain": "www.google.com/x; script-src *"}, "config.domain"),
        ({**RECAPTCHA, "projectId": None}, "config.projectId"),
        ({"type": "ProofOfWork", "difficulty": "impossible"}, "config.difficulty"),
    ],
)
def test_what_a_configuration_may_be(api: Client, config: Any, path: str | None) -> None:
    answer = put(api, config)
    if path is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
    assert [issue["path"] for issue in answer.json()["data"]["issues"]] == [path]
    assert api.get(URL).status_code == 404


@pytest.mark.parametrize("body", [None, [], {"config": None}, {"config": "x"}, {}])
def test_a_body_has_a_configuration(api: Client, body: Any) -> None:
    answer = api.put(URL, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_captchas_are_not_switched_on_without_a_provider(api: Client) -> None:
    """Nobody could sign in any more."""
    answer = switch(api, on=True)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid_input")
    assert switch(api, on=False).status_code == 200
    put(api, TURNSTILE)
    assert switch(api, on=True).json()["captchaPolicy"] == {"enabled": True}


def test_removing_the_provider_switches_captchas_off(api: Client) -> None:
    put(api, TURNSTILE)
    switch(api, on=True)
    assert api.delete(URL).status_code == 204
    assert api.get("/api/sign-in-exp").json()["captchaPolicy"] == {"enabled": False}


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        (TURNSTILE, {"type": "Turnstile", "siteKey": "0x4AAA"}),
        (RECAPTCHA, {"type": "RecaptchaEnterprise", "siteKey": "6Lc"}),
        (
            {**RECAPTCHA, "domain": "recaptcha.net", "mode": "invisible"},
            {"type": "RecaptchaEnterprise", "siteKey": "6Lc", "domain": "recaptcha.net", "mode": "invisible"},
        ),
        ({"type": "ProofOfWork"}, {"type": "ProofOfWork"}),
    ],
)
def test_anybody_may_read_what_a_page_needs(api: Client, config: Any, shown: Any) -> None:
    put(api, config)
    assert "captchaConfig" not in public(api)
    switch(api, on=True)
    assert public(api)["captchaConfig"] == shown
    switch(api, on=False)
    assert "captchaConfig" not in public(api)
