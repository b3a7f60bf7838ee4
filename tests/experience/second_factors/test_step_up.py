"""An application asks for a second factor of somebody who is signed in with one (RFC 9470)."""

import json
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from experience.models import Interaction
from experience.services.captcha_provider import put_captcha_provider
from experience.services.step_up import start_step_up
from identity.models import User
from oidc.models import AuthorizationRequest, Session
from tests.experience.conftest import Browser, code_of
from tests.experience.second_factors.conftest import (
    Settings,
    code_at,
    proved,
    sign_in_with_password,
    submission,
    verify,
)

TWO_FACTORS = "urn:gatehouse:acr:2fa"
ESSENTIAL = {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": TWO_FACTORS}}})}
VOLUNTARY = {"acr_values": TWO_FACTORS}

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def signed_in(browser: Browser, alice: User, settings_of: Settings) -> Browser:
    """Alice has signed in with her password alone; now her tenant has authenticator apps."""
    sign_in_with_password(browser, alice)
    browser.finish(browser.submit())
    settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"})
    return browser


def ask(browser: Browser, application: Application, **asked: str) -> AuthorizationRequest:
    browser.open(application, **{"prompt": "", **asked})
    return AuthorizationRequest.objects.latest("created_at")


def step_up(browser: Browser, application: Application, **asked: str) -> Interaction | None:
    return start_step_up(ask(browser, application, **asked))


def test_the_session_stands_in_for_a_captcha(
    signed_in: Browser, application: Application, totp_secret: str, settings_of: Settings
) -> None:
    put_captcha_provider({"type": "ProofOfWork"}, actor=SYSTEM)
    settings_of(captchaPolicy={"enabled": True})
    assert step_up(signed_in, application, **ESSENTIAL) is not None
    verify(signed_in, "/totp/verify", {"code": code_at(totp_secret)})
    assert signed_in.get("/interaction")[1]["captcha"] == {"verified": False, "skipped": True}
    assert signed_in.submit()[0] == 200


@pytest.mark.parametrize("asked", [VOLUNTARY, ESSENTIAL], ids=["voluntary", "essential"])
def test_only_the_second_factor_is_asked_for(
    signed_in: Browser, application: Application, alice: User, totp_secret: str, asked: dict[str, str]
) -> None:
    assert step_up(signed_in, application, **asked) is not None
    # Skipping is for those whom nobody needs to be sure of.
    alice.account_settings = {"mfa": {"enabled": False, "skipMfaOnSignIn": True}}
    alice.save()
    assert code_of(signed_in.submit()) == (403, "session.mfa.require_mfa_verification")
    verify(signed_in, "/totp/verify", {"code": code_at(totp_secret)})
    answer = signed_in.submit()
    assert answer[0] == 200
    assert proved(submission()) == ["Password", "Totp"]
    assert signed_in.finish(answer).startswith("https://app.example.com/callback?code=")
    [session] = Session.objects.filter(user=alice)
    assert proved(session.last_submission) == ["Password", "Totp"]


def test_a_wish_that_cannot_be_met_costs_nothing(signed_in: Browser, application: Application, alice: User) -> None:
    assert step_up(signed_in, application, **VOLUNTARY) is not None
    assert signed_in.submit()[0] == 200


def test_who_has_to_set_a_factor_up_signs_in_anew(signed_in: Browser, application: Application, alice: User) -> None:
    """A browser left open must not be enough to put one's own authenticator app on somebody's account."""
    assert step_up(signed_in, application, **ESSENTIAL) is None


def test_a_session_that_has_ended_meanwhile_says_nothing(
    signed_in: Browser, application: Application, alice: User, totp_secret: str
) -> None:
    assert step_up(signed_in, application, **VOLUNTARY) is not None
    verify(signed_in, "/totp/verify", {"code": code_at(totp_secret)})
    Session.objects.all().delete()
    assert signed_in.submit()[0] in (400, 404)
    assert submission() == {}


def test_what_a_session_knows_is_not_enough_to_add_to_the_account(
    signed_in: Browser, application: Application, alice: User
) -> None:
    assert step_up(signed_in, application, **VOLUNTARY) is not None
    for path, body in (
        ("/profile", {"type": "username", "value": "mallory"}),
        ("/profile/mfa", {"type": "Totp", "verificationId": "x"}),
        ("/profile/mfa/trusted-device", None),
    ):
        assert code_of(signed_in.post(path, body)) == (400, "session.verification_failed")


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"prompt": "login", **VOLUNTARY}])
def test_a_request_for_a_whole_sign_in_gets_one(
    signed_in: Browser, application: Application, totp_secret: str, asked: dict[str, Any]
) -> None:
    assert step_up(signed_in, application, **asked) is None
