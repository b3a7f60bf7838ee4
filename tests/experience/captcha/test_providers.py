"""Turnstile and reCAPTCHA Enterprise as they answer by their documentation: what counts, and what does not."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from common.http import OutboundRequestError, TimedOutError
from events.models import AuditLog
from experience.captcha import recaptcha_enterprise, turnstile
from experience.services.captcha_provider import check_captcha_config, put_captcha_provider
from tests.connectors.social.web import Web
from tests.experience.captcha.conftest import RECAPTCHA, TURNSTILE, begin
from tests.experience.conftest import Browser, code_of

ASSESSMENTS = f"{recaptcha_enterprise.API}/projects/shop-1/assessments"
PASSED = {
    "success": True,
    "challenge_ts": "2026-11-29T12:00:00.000Z",
    "hostname": "localhost",
    "error-codes": [],
    "action": "interaction",
    "cdata": "",
}
FAILED = (422, "session.captcha_failed")


def assessment(*, score: Any = 0.9, **properties: Any) -> dict[str, Any]:
    return {
        "name": "projects/1/assessments/a",
        "event": {"token": "t", "siteKey": RECAPTCHA["siteKey"], "expectedAction": "interaction"},
        "riskAnalysis": {"score": score, "reasons": []},
        "tokenProperties": {
            "valid": True,
            "invalidReason": "INVALID_REASON_UNSPECIFIED",
            "hostname": "localhost",
            "action": "interaction",
            "createTime": "2026-11-29T12:00:00Z",
            **properties,
        },
    }


def reason() -> str:
    return str(AuditLog.objects.filter(key="Interaction.Create.Captcha").latest("created_at").payload.get("reason"))


@pytest.fixture
def cloudflare(web: Web) -> Web:
    put_captcha_provider(TURNSTILE, actor=SYSTEM)
    web.answer(turnstile.SITEVERIFY, PASSED)
    return web


@pytest.fixture
def google(web: Web) -> Web:
    put_captcha_provider(RECAPTCHA, actor=SYSTEM)
    web.answer(ASSESSMENTS, assessment())
    return web


def test_turnstile_is_asked_with_the_users_address(browser: Browser, cloudflare: Web) -> None:
    assert begin(browser, "SignIn", "token-1") == (204, None)
    assert cloudflare.sent_to(turnstile.SITEVERIFY).form == {
        "secret": "0x4AAA-secret",
        "response": "token-1",
        "remoteip": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({**PASSED, "success": False, "error-codes": ["timeout-or-duplicate"]}, "timeout-or-duplicate"),
        ({**PASSED, "success": "true"}, "invalid_response"),
        ({**PASSED, "success": False, "error-codes": ["invalid-input-secret"]}, "invalid-input-secret"),
        ({**PASSED, "hostname": "shop.mallory.example"}, "hostname-mismatch"),
        ({**PASSED, "hostname": ["localhost"]}, "hostname-mismatch"),
        ({**PASSED, "action": "newsletter"}, "action-mismatch"),
        ({"success": False, "error-codes": {"a": 1}}, "rejected"),
        ([], "invalid_response"),
        ("<html>", "invalid_response"),
        (OutboundRequestError("no route"), "general"),
        (TimedOutError("slow"), "timed_out"),
    ],
)
def test_turnstile_does_not_vouch(browser: Browser, cloudflare: Web, answer: Any, told: str) -> None:
    """Silence, nonsense and the tokens of other sites are no yes, and the log says which it was."""
    cloudflare.answer(turnstile.SITEVERIFY, answer)
    answered = begin(browser, "SignIn", "token-1")
    assert code_of(answered) == FAILED
    assert reason() == told
    # A provider that is out of order is told apart from a token that is none.
    is_outage = told in {"invalid_response", "invalid-input-secret", "general", "timed_out"}
    assert ("details" in answered[1]) is is_outage
    assert "0x4AAA-secret" not in str(answered)


def test_cloudflares_keys_for_tests_work_on_any_host(browser: Browser, cloudflare: Web) -> None:
    put_captcha_provider({**TURNSTILE, "secretKey": "1x0000000000000000000000000000000AA"}, actor=SYSTEM)
    cloudflare.answer(turnstile.SITEVERIFY, {**PASSED, "hostname": "example.com"})
    assert begin(browser, "SignIn", "XXXX.DUMMY.TOKEN.XXXX")[0] == 204


def test_a_token_that_a_provider_takes_twice_counts_once(browser: Browser, cloudflare: Web) -> None:
    assert begin(browser, "SignIn", "token-1")[0] == 204
    assert code_of(begin(browser, "SignIn", "token-1")) == FAILED
    assert reason() == "spent"


def test_recaptcha_is_asked_what_it_wants_to_know(browser: Browser, google: Web) -> None:
    browser.client.defaults["HTTP_USER_AGENT"] = "Firefox"
    assert begin(browser, "SignIn", "token-1") == (204, None)
    sent = google.sent_to(ASSESSMENTS)
    assert sent.json == {
        "event": {
            "token": "token-1",
            "siteKey": "6Lc-site",
            "expectedAction": "interaction",
            "userIpAddress": "127.0.0.1",
            "userAgent": "Firefox",
        }
    }
    # Not in the address, which servers on the way may log.
    assert sent.headers["x-goog-api-key"] == "AIza-secret"


@pytest.mark.parametrize(
    ("mode", "answer", "told"),
    [
        (None, assessment(score=0.5), None),
        (None, assessment(score=0.49), "low-score"),
        (None, assessment(score=True), "low-score"),
        (None, {**assessment(), "riskAnalysis": None}, "low-score"),
        (None, assessment(valid=False, invalidReason="DUPE"), "dupe"),
        (None, assessment(valid="true"), "invalid_reason_unspecified"),
        (None, assessment(action=""), "action-mismatch"),
        (None, assessment(action="login"), "action-mismatch"),
        (None, assessment(hostname="mallory.example"), "hostname-mismatch"),
        (None, {}, "rejected"),
        ("invisible", assessment(score=0.1), "low-score"),
        ("checkbox", assessment(score=0.0), None),
        ("checkbox", assessment(score=0.0, action=""), None),
        ("checkbox", assessment(valid=False, invalidReason="EXPIRED"), "expired"),
        ("checkbox", assessment(hostname=""), "hostname-mismatch"),
    ],
)
def test_what_recaptcha_says(
    browser: Browser, google: Web, mode: str | None, answer: dict[str, Any], told: str | None
) -> None:
    put_captcha_provider({**RECAPTCHA, **({"mode": mode} if mode else {})}, actor=SYSTEM)
    google.answer(ASSESSMENTS, answer)
    answered = begin(browser, "Register", "token-1")
    if told is None:
        assert answered == (204, None)
    else:
        assert code_of(answered) == FAILED
        assert reason() == told


def test_recaptcha_refuses_our_key(browser: Browser, google: Web) -> None:
    google.answer(ASSESSMENTS, {"error": {"code": 400, "message": "API key not valid."}}, status=400)
    answered = begin(browser, "SignIn", "token-1")
    assert code_of(answered) == FAILED
    assert "details" in answered[1]
    assert reason() == "API key not valid."


def test_a_project_stays_in_its_place_of_the_address(browser: Browser, web: Web) -> None:
    put_captcha_provider({**RECAPTCHA, "projectId": "../../v2?x=#y"}, actor=SYSTEM)
    web.answer(f"{recaptcha_enterprise.API}/projects/..%2F..%2Fv2%3Fx%3D%23y/assessments", assessment())
    assert begin(browser, "SignIn", "token-1")[0] == 204


def test_keys_are_checked_without_a_user(web: Web) -> None:
    web.answer(turnstile.SITEVERIFY, {"success": False, "error-codes": ["invalid-input-response"]})
    check_captcha_config(TURNSTILE)
    web.answer(turnstile.SITEVERIFY, {"success": False, "error-codes": ["invalid-input-secret"]})
    web.answer(ASSESSMENTS, assessment(valid=False, invalidReason="MALFORMED"))
    check_captcha_config(RECAPTCHA)
    check_captcha_config({"type": "ProofOfWork"})
    with pytest.raises(AppError) as raised:
        check_captcha_config(TURNSTILE)
    assert (raised.value.code, raised.value.data) == ("session.captcha_failed", {"reason": "invalid-input-secret"})
    web.answer(ASSESSMENTS, {"error": {"code": 403, "message": "Permission denied"}}, status=403)
    with pytest.raises(AppError) as raised:
        check_captcha_config(RECAPTCHA)
    assert raised.value.data == {"reason": "Permission denied"}
