"""Signing in with a passkey: by button, by autofill, by identifier; and the offer to create one."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderUser
from experience.models import Interaction
from identity.models import Factor, User
from identity.services.sso_identities import link_sso_identity
from tests.authenticator import Authenticator
from tests.experience.conftest import Answer, Browser, code_of
from tests.experience.second_factors.conftest import (
    ORIGIN,
    Settings,
    add_passkey,
    proved,
    sign_in_with_password,
    submission,
)
from tests.experience.second_factors.test_setup import make_passkey, register

FINISH = "/verification/sign-in-passkey/authentication/verify"
PENDING = (400, "session.passkey_sign_in.pending_info_not_found")


@pytest.fixture(autouse=True)
def passkeys(settings_of: Settings) -> None:
    settings_of(passkeySignIn={"enabled": True, "showPasskeyButton": True, "allowAutofill": True})


def preflight(browser: Browser) -> dict[str, Any]:
    status, answer = browser.post("/preflight/sign-in-passkey/authentication", {})
    assert status == 200, answer
    return dict(answer["authenticationOptions"])


def finish(browser: Browser, payload: Any, verification_id: str | None = None) -> Answer:
    body = {"payload": payload}
    return browser.post(FINISH, body if verification_id is None else {**body, "verificationId": verification_id})


def named(browser: Browser, value: str = "alice") -> Answer:
    body = {"identifier": {"type": "username", "value": value}}
    return browser.post("/verification/sign-in-passkey/authentication", body)


def test_a_passkey_says_who_it_is(
    browser: Browser, alice: User, authenticator: Authenticator, settings_of: Settings
) -> None:
    """It is both factors: nothing else is asked for, whatever the policy is."""
    settings_of(mfa={"factors": ["WebAuthn"], "policy": "Mandatory"})
    options = preflight(browser)
    assert (options["rpId"], options["allowCredentials"]) == ("localhost", [])
    browser.start()
    status, answer = finish(browser, authenticator.get(options))
    assert status == 200, answer
    assert browser.identify(answer["verificationId"]) == (204, None)
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["SignInPasskey"]


def test_who_has_an_enterprise_signs_in_there(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    """A passkey would let them in after their enterprise has closed their account."""
    okta = SsoConnector.objects.create(provider_name="Okta", connector_name="Acme", sealed_config=b"")
    link_sso_identity(alice, connector_id=okta.id, issuer="https://idp", account=ProviderUser("u-1"), actor=SYSTEM)
    browser.start()
    status, answer = finish(browser, authenticator.get(preflight(browser)))
    assert status == 200, answer
    refused = browser.identify(answer["verificationId"])
    assert code_of(refused) == (400, "session.passkey_sign_in.sso_users_not_allowed")


def test_the_preflight_keeps_nothing(browser: Browser, authenticator: Authenticator) -> None:
    """It is asked for with every first page: it writes nothing, and no journey begins."""
    preflight(browser)
    with CaptureQueriesContext(connection) as captured:
        preflight(browser)
    assert {query["sql"].split()[0] for query in captured} == {"SELECT"}
    assert browser.get("/interaction")[0] == 404


def test_an_answer_is_good_for_one_request(
    browser: Browser, other_browser: Browser, alice: User, authenticator: Authenticator
) -> None:
    """A signature that was made for one browser's sign-in must not sign another one in."""
    payload = authenticator.get(preflight(browser))
    other_browser.start()
    assert code_of(finish(other_browser, payload)) == PENDING
    made_up = authenticator.get({"challenge": "AAAA", "rpId": "localhost"})
    assert code_of(finish(other_browser, made_up)) == PENDING
    assert code_of(finish(other_browser, {})) == PENDING


def test_by_identifier(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    browser.start()
    status, answer = named(browser)
    assert status == 200
    options = answer["authenticationOptions"]
    assert len(options["allowCredentials"]) == 1
    payload = authenticator.get(options)
    assert finish(browser, payload, answer["verificationId"]) == (200, {"verificationId": answer["verificationId"]})
    assert code_of(finish(browser, payload, answer["verificationId"])) == PENDING
    assert browser.identify(answer["verificationId"]) == (204, None)
    assert browser.submit()[0] == 200


def test_nobody_learns_who_has_an_account(browser: Browser, alice: User) -> None:
    """Without a passkey and without an account: the same answer."""
    browser.start()
    without, unknown = named(browser), named(browser, "nobody")
    assert without == unknown
    assert code_of(without) == (400, "session.mfa.webauthn_verification_not_found")


def test_somebody_elses_passkey(browser: Browser, alice: User, bob: User, authenticator: Authenticator) -> None:
    bobs = Authenticator(ORIGIN)
    add_passkey(bob, bobs)
    browser.start()
    answer = named(browser)[1]
    other = finish(browser, bobs.get(answer["authenticationOptions"]), answer["verificationId"])
    assert code_of(other) == (409, "session.identity_conflict")
    nobodys = Authenticator(ORIGIN)
    unknown = finish(browser, nobodys.get(answer["authenticationOptions"]), answer["verificationId"])
    assert code_of(unknown) == (400, "session.identifier_not_found")
    stolen = Authenticator(ORIGIN, credential_id=authenticator.credential_id)
    stolen.user_handle = authenticator.user_handle
    forged = finish(browser, stolen.get(answer["authenticationOptions"]), answer["verificationId"])
    assert code_of(forged) == (400, "session.mfa.webauthn_verification_failed")
    assert code_of(browser.identify(answer["verificationId"])) == (400, "session.verification_failed")


def test_a_passkey_of_another_host(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    """A challenge that was given at one host of the tenant is not answered at another."""
    browser.start()
    answer = named(browser)[1]
    interaction = Interaction.objects.get()
    interaction.records[0]["data"]["rpId"] = "login.example.com"
    interaction.save()
    payload = authenticator.get(answer["authenticationOptions"])
    conflict = finish(browser, payload, answer["verificationId"])
    assert code_of(conflict) == (400, "session.passkey_sign_in.conflict_rp_id")


def test_the_authenticator_has_to_verify_its_user(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    """A passkey that is taken from a desk, and asks for no PIN, would be one factor only."""
    authenticator.flags = 0x01
    options = preflight(browser)
    browser.start()
    refused = finish(browser, authenticator.get(options))
    assert code_of(refused) == (400, "session.mfa.webauthn_verification_failed")


def test_where_passkeys_do_not_sign_in(
    browser: Browser, alice: User, authenticator: Authenticator, settings_of: Settings
) -> None:
    options = preflight(browser)
    browser.start()
    verification_id = finish(browser, authenticator.get(options))[1]["verificationId"]
    settings_of(passkeySignIn={"enabled": False})
    refused = (422, "user.sign_in_method_not_enabled")
    assert code_of(browser.identify(verification_id)) == refused
    assert code_of(browser.post("/preflight/sign-in-passkey/authentication", {})) == refused
    assert code_of(named(browser)) == refused
    assert code_of(finish(browser, authenticator.get(options))) == refused


def test_a_suspended_user(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    options = preflight(browser)
    browser.start()
    verification_id = finish(browser, authenticator.get(options))[1]["verificationId"]
    User.objects.update(is_suspended=True)
    assert code_of(browser.identify(verification_id)) == (401, "user.suspended")


def test_nobody_registers_with_one(browser: Browser, alice: User, authenticator: Authenticator) -> None:
    options = preflight(browser)
    browser.start("Register")
    verification_id = finish(browser, authenticator.get(options))[1]["verificationId"]
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


class TestOffer:
    def test_it_is_made_to_who_has_none(self, browser: Browser, alice: User) -> None:
        sign_in_with_password(browser, alice)
        assert code_of(browser.submit()) == (422, "user.passkey_preferred")
        verification_id = make_passkey(browser, Authenticator(ORIGIN))
        assert browser.post("/profile/mfa/passkey", {"verificationId": verification_id}) == (204, None)
        assert browser.submit()[0] == 200
        assert Factor.objects.get().type == "WebAuthn"
        alice.refresh_from_db()
        # A passkey to sign in with says nothing about two-step sign-in.
        assert alice.account_settings == {"mfa": {"enabled": False}}

    def test_declined_at_sign_in_it_is_not_made_again(
        self, browser: Browser, other_browser: Browser, alice: User
    ) -> None:
        sign_in_with_password(browser, alice)
        assert browser.post("/profile/mfa/passkey-skipped") == (204, None)
        assert browser.submit()[0] == 200
        sign_in_with_password(other_browser, alice)
        assert other_browser.submit()[0] == 200

    def test_declined_at_sign_up_it_is_made_once_more(self, browser: Browser, other_browser: Browser) -> None:
        """Somebody who is about to begin has other things in mind."""
        register(browser)
        assert code_of(browser.submit()) == (422, "user.passkey_preferred")
        browser.post("/profile/mfa/passkey-skipped")
        assert browser.submit()[0] == 200
        dora = User.objects.get(username="dora")
        assert "passkeySignIn" not in dora.account_settings

    def test_it_is_not_made_to_who_has_one(self, browser: Browser, alice: User, authenticator: Authenticator) -> None:
        alice.account_settings = {"mfa": {"enabled": False}}
        alice.save()
        sign_in_with_password(browser, alice)
        assert browser.submit()[0] == 200
