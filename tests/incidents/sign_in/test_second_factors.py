"""Incidents of other identity systems with second factors and passkeys, each as a step that has to be refused here.

By the names under which they were published: what was wrong there, and the step that would show it here.
"""

from collections.abc import Callable
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import Factor, User
from identity.services.users import create_user, set_user_suspended
from tests.authenticator import PRESENT, VERIFIED, Authenticator
from tests.experience.conftest import NEW_PASSWORD, Browser, code_of
from tests.experience.second_factors.conftest import (
    ORIGIN,
    Settings,
    add_passkey,
    code_at,
    sign_in_with_password,
    stage,
    submission,
    verify,
)

pytestmark = pytest.mark.usefixtures("every_factor", "noon")

REQUIRED = (403, "session.mfa.require_mfa_verification")
FAILED = (400, "session.mfa.webauthn_verification_failed")

Step = Callable[[Browser, User], Any]


def _remove_by_password(browser: Browser, _alice: User) -> None:
    assert code_of(browser.post("/profile/mfa/mfa-skipped")) == REQUIRED
    assert code_of(browser.post("/verification/totp/secret", {})) == REQUIRED
    assert Factor.objects.filter(type="Totp").count() == 1


def _skip_the_step(browser: Browser, _alice: User) -> None:
    for _ in range(2):
        assert code_of(browser.submit()) == REQUIRED


def _identify_again(browser: Browser, _alice: User) -> None:
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    assert code_of(browser.submit()) == REQUIRED


def _become_a_registration(browser: Browser, _alice: User) -> None:
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")


def _empty_code(browser: Browser, _alice: User) -> None:
    texts = ["", " ", "0", "000000 ", "null", "\x00", "\uff11\uff12\uff13\uff14\uff15\uff16"]
    others: list[Any] = [None, True, 0, [], {}, ["000000"]]
    for code in texts + others:
        assert browser.post("/verification/totp/verify", {"code": code})[0] == 400
    assert code_of(browser.submit()) == REQUIRED


def _verify_a_secret_of_ones_own(browser: Browser, _alice: User) -> None:
    assert code_of(browser.post("/verification/totp/secret", {})) == REQUIRED
    assert code_of(browser.submit()) == REQUIRED


def _recover(browser: Browser, _alice: User) -> None:
    assert code_of(browser.put("/interaction-event", {"interactionEvent": "ForgotPassword"})) == (
        400,
        "session.not_supported_for_forgot_password",
    )
    assert code_of(browser.put("/profile/password", {"password": NEW_PASSWORD}))[0] == 400


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            _remove_by_password, id="Keycloak CVE-2026-3429: the password alone takes the app off the account"
        ),
        pytest.param(_skip_the_step, id="authentik, ZITADEL: the step left out, the session asked for at once"),
        pytest.param(_identify_again, id="Keycloak: the flow restarted after the first factor"),
        pytest.param(_become_a_registration, id="Ory Kratos: another flow finished with the first one's state"),
        pytest.param(_empty_code, id="an empty code, or one of another type, compares equal"),
        pytest.param(_verify_a_secret_of_ones_own, id="Devolutions CVE-2026-9047: a factor under way counts as proved"),
        pytest.param(_recover, id="authentik: the recovery flow skips the second factor"),
    ],
)
def test_who_has_the_password_alone(browser: Browser, alice: User, totp_secret: str, step: Step) -> None:
    sign_in_with_password(browser, alice)
    step(browser, alice)
    assert submission() == {}


def test_right_guesses_after_repeating_the_first_factor(
    browser: Browser, alice: User, totp_secret: str, settings_of: Settings
) -> None:
    """ZITADEL CVE-2025-64102, Keycloak by default: guesses without end, or a count that the right password clears."""
    settings_of(sentinelPolicy={"maxAttempts": 4, "lockoutDuration": 60})
    for _ in range(4):
        sign_in_with_password(browser, alice)
        browser.post("/verification/totp/verify", {"code": "000000"})
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/totp/verify", {"code": code_at(totp_secret)})
    assert code_of(answer) == (400, "session.verification_blocked_too_many_attempts")
    assert code_of(browser.submit()) == REQUIRED


def test_a_suspended_user_with_a_second_factor_under_way(browser: Browser, alice: User, totp_secret: str) -> None:
    """ZITADEL CVE-2024-46999, -41952: a deactivated user's running sign-in came to its end."""
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert code_of(browser.submit()) == (401, "user.suspended")
    assert submission() == {}


def _other_key(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    """The id of Alice's credential, which is no secret, signed by another key."""
    forged = Authenticator(ORIGIN, credential_id=own.credential_id)
    forged.user_handle = own.user_handle
    return forged.get(options)


def _two_ids(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    """`rawId` names Alice's credential, `id` another: one is looked up, the other is verified."""
    return {**_other_key(own, options), "id": "AAAA"}


def _not_verified(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    own.flags = PRESENT
    return own.get(options)


def _not_present(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    own.flags = VERIFIED
    return own.get(options)


def _other_origin(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    return own.get(options, origin="https://evil.localhost:8000")


def _in_a_frame(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    return own.get(options, crossOrigin=True)


def _other_host(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    return own.get({**options, "rpId": "evil.example"})


def _registration(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    """The answer to a registration is taken for one to a sign-in."""
    return own.get(options, type="webauthn.create")


def _other_challenge(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    return own.get({**options, "challenge": "AAAAAAAAAAAAAAAAAAAAAA"})


def _unsigned(own: Authenticator, options: dict[str, Any]) -> dict[str, Any]:
    answer = own.get(options)
    return {**answer, "response": {**answer["response"], "signature": "AA"}}


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_two_ids, id="GitLab 585333: id and rawId differ, nothing is verified"),
        pytest.param(_other_key, id="a known credential id is proof enough"),
        pytest.param(_not_verified, id="better-auth CVE-2026-134320: no finger, no PIN"),
        pytest.param(_not_present, id="nobody was there"),
        pytest.param(_other_origin, id="better-auth CVE-2026-134320: a page of another origin"),
        pytest.param(_in_a_frame, id="a frame of another site"),
        pytest.param(_other_host, id="another relying party"),
        pytest.param(_registration, id="one ceremony's answer in another"),
        pytest.param(_other_challenge, id="a challenge that nobody has given"),
        pytest.param(_unsigned, id="the return value of the verification is not looked at"),
    ],
)
def test_forged_answers_of_authenticators(
    browser: Browser,
    alice: User,
    authenticator: Authenticator,
    forge: Callable[[Authenticator, dict[str, Any]], dict[str, Any]],
) -> None:
    sign_in_with_password(browser, alice)
    asked = browser.post("/verification/web-authn/authentication", {})[1]
    payload = forge(authenticator, asked["authenticationOptions"])
    body = {"verificationId": asked["verificationId"], "payload": payload}
    assert code_of(browser.post("/verification/web-authn/authentication/verify", body)) == FAILED
    assert code_of(browser.submit()) == REQUIRED


def test_a_credential_that_another_user_has(browser: Browser, alice: User, application: Application) -> None:
    """Web Authentication 7.1, step 26: whoever registers somebody's credential id again would take its place."""
    mallory = create_user(username="mallory", password=NEW_PASSWORD, actor=SYSTEM)
    own = Authenticator(ORIGIN)
    add_passkey(alice, own)
    sign_in_with_password(browser, mallory, NEW_PASSWORD)
    asked = browser.post("/verification/web-authn/registration", {})[1]
    copied = Authenticator(ORIGIN, credential_id=own.credential_id)
    body = {"verificationId": asked["verificationId"], "payload": copied.create(asked["registrationOptions"])}
    verify(browser, "/web-authn/registration/verify", body)
    stage(browser, "WebAuthn", body["verificationId"])
    browser.post("/profile/mfa/mfa-suggestion-skipped")
    browser.post("/profile/mfa/mfa-skipped")
    assert code_of(browser.submit()) == FAILED
    assert [factor.user_id for factor in Factor.objects.all()] == [alice.id]


def test_two_journeys_that_set_up_an_app(browser: Browser, other_browser: Browser, alice: User) -> None:
    """The second must not take the place of the first: whoever is last would else own the account's app."""
    for one in (browser, other_browser):
        sign_in_with_password(one, alice)
        answer = one.post("/verification/totp/secret", {})[1]
        body = {"code": code_at(answer["secret"]), "verificationId": answer["verificationId"]}
        verify(one, "/totp/verify", body)
        assert stage(one, "Totp", body["verificationId"]) == (204, None)
        codes = one.post("/verification/backup-code/generate", {})[1]
        assert stage(one, "BackupCode", codes["verificationId"]) == (204, None)
    assert browser.submit()[0] == 200
    assert code_of(other_browser.submit()) == REQUIRED


def test_backup_codes_of_somebody_else(
    browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
) -> None:
    """Parse Server GHSA-4hf6-3x24-c9m8, Keycloak 26106: codes that were not used up; here neither do they travel."""
    mallory = create_user(username="mallory", password=NEW_PASSWORD, actor=SYSTEM)
    bind_totp(mallory, secret=new_secret(), actor=SYSTEM)
    sign_in_with_password(browser, mallory, NEW_PASSWORD)
    used = browser.post("/verification/backup-code/verify", {"code": backup_codes[0]})
    assert code_of(used) == (400, "session.mfa.invalid_backup_code")
