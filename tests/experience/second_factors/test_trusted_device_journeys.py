"""A browser that is trusted at the end of one sign-in, and what it is spared at the next."""

from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.models import TrustedDevice, User
from oidc.claims.proofs import methods_of
from oidc.models import AuthorizationRequest
from organizations.services.members import add_members
from organizations.services.organizations import create_organization, update_organization
from tests.experience.conftest import Browser, code_of
from tests.experience.second_factors.conftest import Settings, code_at, sign_in_with_password, verify

pytestmark = pytest.mark.usefixtures("noon")

REQUIRED = (403, "session.mfa.require_mfa_verification")


@pytest.fixture(autouse=True)
def policy(settings_of: Settings) -> None:
    settings_of(
        mfa={"factors": ["Totp", "BackupCode"], "policy": "Mandatory"},
        trustedDevice={"enabled": True, "durationDays": 7},
    )


@pytest.fixture
def trusting(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> Browser:
    """The browser in which Alice has proved her app, and which she trusts."""
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert browser.post("/profile/mfa/trusted-device") == (204, None)
    browser.finish(browser.submit())
    return browser


def again(browser: Browser, application: Application, user: User, **asked: str) -> Any:
    """Sign in once more in the same browser, with the password, and submit."""
    browser.open(application, **asked)
    sign_in_with_password(browser, user)
    return browser.submit()


def told() -> dict[str, Any]:
    return dict(AuthorizationRequest.objects.latest("created_at").submission)


def test_a_page_of_ones_own_learns_whether_to_offer_it(
    browser: Browser, alice: User, totp_secret: str, settings_of: Settings
) -> None:
    def offer() -> Any:
        return browser.get("/interaction")[1]["trustedDevice"]

    browser.start()
    assert offer() == {"canCreate": False}, "nobody is known yet"
    sign_in_with_password(browser, alice)
    assert offer() == {"canCreate": True, "durationDays": 7}
    strict = create_organization(name="Strict", is_trusted_device_allowed=False, actor=SYSTEM)
    add_members(strict, user_ids=[alice.id], actor=SYSTEM)
    assert offer() == {"canCreate": False}
    update_organization(strict, is_trusted_device_allowed=True, actor=SYSTEM)
    settings_of(trustedDevice={"enabled": False})
    assert offer() == {"canCreate": False}


def test_it_is_not_asked_for_the_second_factor(trusting: Browser, application: Application, alice: User) -> None:
    answer = again(trusting, application, alice)
    assert answer[0] == 200
    assert told()["trustedDevice"] is True
    assert methods_of(told()) == "pwd", "a memory of a proof is no proof"
    assert trusting.finish(answer).startswith("https://app.example.com/callback?code=")


def test_the_next_browser_is(trusting: Browser, other_browser: Browser, alice: User) -> None:
    sign_in_with_password(other_browser, alice)
    assert code_of(other_browser.submit()) == REQUIRED


def test_an_application_that_wants_the_proof_gets_it(trusting: Browser, application: Application, alice: User) -> None:
    answer = again(trusting, application, alice, acr_values="urn:gatehouse:acr:2fa")
    assert code_of(answer) == REQUIRED


def test_nor_if_an_organization_does_not_allow_it(trusting: Browser, application: Application, alice: User) -> None:
    strict = create_organization(name="Strict", is_trusted_device_allowed=False, actor=SYSTEM)
    add_members(strict, user_ids=[alice.id], actor=SYSTEM)
    assert code_of(again(trusting, application, alice)) == REQUIRED


def test_nor_once_the_trust_was_taken_back(trusting: Browser, application: Application, alice: User) -> None:
    TrustedDevice.objects.all().delete()
    assert code_of(again(trusting, application, alice)) == REQUIRED


def test_nor_for_somebody_else(trusting: Browser, application: Application, alice: User, bob: User) -> None:
    TrustedDevice.objects.update(user=bob)
    assert code_of(again(trusting, application, alice)) == REQUIRED


def test_a_backup_code_makes_no_device_trusted(
    browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
) -> None:
    """Whoever uses one has lost what they otherwise have, or has found somebody's paper."""
    sign_in_with_password(browser, alice)
    verify(browser, "/backup-code/verify", {"code": backup_codes[0]})
    browser.post("/profile/mfa/trusted-device")
    assert browser.submit()[0] == 200
    assert TrustedDevice.objects.count() == 0


def test_a_device_that_stands_in_does_not_renew_its_own_trust(
    trusting: Browser, application: Application, alice: User
) -> None:
    before = TrustedDevice.objects.get()
    trusting.open(application)
    sign_in_with_password(trusting, alice)
    trusting.post("/profile/mfa/trusted-device")
    assert trusting.submit()[0] == 200
    after = TrustedDevice.objects.get()
    assert (after.id, after.expires_at) == (before.id, before.expires_at)
