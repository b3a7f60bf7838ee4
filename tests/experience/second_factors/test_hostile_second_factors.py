"""Whoever knows a password, holds a mailbox or finds a browser open, and wants the rest of the account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from common.crypto import base64url
from experience.models import Interaction
from experience.services.step_up import start_step_up
from identity.account_center import update_account_center
from identity.factors.backup_codes.codes import hash_codes
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import Factor, SentinelActivity, User
from identity.services.factors import remove_factor
from identity.services.one_time_tokens import create_one_time_token
from identity.services.users import create_user, delete_user, set_password, update_user
from oidc.claims.proofs import methods_of
from oidc.models import AuthorizationRequest, Session
from tenants.context import enter_tenant
from tests.authenticator import Authenticator
from tests.experience.conftest import NEW_PASSWORD, PASSWORD, REDIRECT_URI, Browser, code_of, method
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
NOBODY = (404, "session.identifier_not_found")
TWO_FACTORS = "urn:gatehouse:acr:2fa"


@pytest.fixture
def mallory(tenant: Any) -> User:
    """Mallory has an account of her own here."""
    return create_user(username="mallory", primary_email="mallory@example.com", password=NEW_PASSWORD, actor=SYSTEM)


def give_mfa_code(browser: Browser, channel: str, outbox: list[dict[str, Any]]) -> None:
    verification_id = verify(browser, "/mfa-verification-code", {"identifierType": channel})
    code = outbox[-1]["payload"]["code"]
    body = {"identifierType": channel, "verificationId": verification_id, "code": code}
    verify(browser, "/mfa-verification-code/verify", body)


def follow_link(browser: Browser, user: User) -> None:
    """Enter an account by a link that was sent to its address."""
    token = create_one_time_token(email=str(user.primary_email), actor=SYSTEM).value
    body = {"identifier": {"type": "email", "value": user.primary_email}, "token": token}
    browser.start()
    assert browser.identify(verify(browser, "/one-time-token/verify", body)) == (204, None)


class TestAddingWithoutProof:
    """A password alone may be enough to sign in; it must not be enough to get a factor to keep."""

    def test_where_nothing_asks_for_the_second_factor(
        self, browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
    ) -> None:
        """New backup codes in the place of Alice's would be a second factor of whoever has her password."""
        alice.account_settings = {"mfa": {"enabled": True, "skipMfaOnSignIn": True}}
        alice.save()
        sign_in_with_password(browser, alice)
        for path in ("/backup-code/generate", "/web-authn/registration", "/totp/secret"):
            assert code_of(browser.post(f"/verification{path}", {})) == REQUIRED
        verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
        status, answer = browser.post("/verification/backup-code/generate", {})
        assert (status, stage(browser, "BackupCode", answer["verificationId"])) == (200, (204, None))

    def test_in_a_browser_that_stands_in_for_it(
        self, browser: Browser, application: Application, alice: User, totp_secret: str, settings_of: Settings
    ) -> None:
        settings_of(
            mfa={"factors": ["Totp", "WebAuthn"], "policy": "Mandatory"},
            trustedDevice={"enabled": True, "durationDays": 7},
        )
        sign_in_with_password(browser, alice)
        verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
        browser.post("/profile/mfa/trusted-device")
        browser.finish(browser.submit())
        browser.open(application)
        sign_in_with_password(browser, alice)
        assert code_of(browser.post("/verification/web-authn/registration", {})) == REQUIRED
        assert browser.submit()[0] == 200

    def test_while_a_sign_in_is_nothing_unusual(
        self, browser: Browser, alice: User, totp_secret: str, settings_of: Settings
    ) -> None:
        settings_of(
            mfa={"factors": ["Totp", "WebAuthn"], "policy": "PromptAtSignInAndSignUpMandatory"},
            adaptiveMfa={"enabled": True},
        )
        sign_in_with_password(browser, alice)
        assert code_of(browser.post("/verification/web-authn/registration", {})) == REQUIRED
        assert browser.submit()[0] == 200

    def test_an_address_whose_codes_would_be_a_factor(
        self, browser: Browser, alice: User, totp_secret: str, outbox: list[dict[str, Any]]
    ) -> None:
        alice.account_settings = {"mfa": {"enabled": True, "skipMfaOnSignIn": True}}
        alice.primary_email = alice.email_key = None
        alice.save()
        sign_in_with_password(browser, alice)
        proof = browser.prove("email", "mallory@example.com", "SignIn", outbox)
        assert code_of(browser.post("/profile", {"type": "email", "verificationId": proof})) == REQUIRED
        assert code_of(stage(browser, "EmailVerificationCode", proof)) == REQUIRED

    def test_nobody_is_invited_to_add_what_they_would_be_refused(
        self, browser: Browser, alice: User, totp_secret: str, settings_of: Settings
    ) -> None:
        """A user who is spared the second step is not asked for it by an offer."""
        settings_of(passkeySignIn={"enabled": True})
        alice.account_settings = {"mfa": {"enabled": True, "skipMfaOnSignIn": True}}
        alice.save()
        sign_in_with_password(browser, alice)
        assert browser.submit()[0] == 200

    def test_backup_codes_and_nothing_that_they_stand_in_for(
        self, browser: Browser, alice: User, settings_of: Settings
    ) -> None:
        """An address is a factor only if the tenant takes its codes: ten sign-ins later Alice would be locked out."""
        settings_of(mfa={"factors": ["Totp", "BackupCode"], "policy": "PromptAtSignInAndSignUp"})
        sign_in_with_password(browser, alice)
        status, answer = browser.post("/verification/backup-code/generate", {})
        assert status == 200
        refused = stage(browser, "BackupCode", answer["verificationId"])
        assert code_of(refused) == (422, "session.mfa.backup_code_can_not_be_alone")


class TestLearning:
    """What an account is called elsewhere is masked to who has the password and nothing else."""

    def test_by_beginning_to_set_a_factor_up(self, browser: Browser, alice: User, totp_secret: str) -> None:
        """Authenticators are told the account's address, and which keys it has."""
        sign_in_with_password(browser, alice)
        for path in ("/web-authn/registration", "/totp/secret"):
            answer = browser.post(f"/verification{path}", {})
            assert code_of(answer) == REQUIRED
            assert "alice@example.com" not in str(answer)

    @pytest.mark.parametrize(("channel", "masked"), [("email", "alic****@example.com"), ("phone", "****0101")])
    def test_by_having_a_code_sent(
        self,
        browser: Browser,
        alice: User,
        totp_secret: str,
        outbox: list[dict[str, Any]],
        channel: str,
        masked: str,
    ) -> None:
        sign_in_with_password(browser, alice)
        verify(browser, "/mfa-verification-code", {"identifierType": channel})
        [shown] = [
            record for record in browser.get("/interaction")[1]["verificationRecords"] if record["type"] != "Password"
        ]
        assert shown["identifier"] == {"type": channel, "value": masked}


class TestOtherPeoplesProofs:
    """A journey takes any proof; only those about its user count."""

    def test_a_mailbox_of_ones_own(
        self, browser: Browser, alice: User, every_factor: None, outbox: list[dict[str, Any]]
    ) -> None:
        sign_in_with_password(browser, alice)
        browser.prove("email", "mallory@example.com", "SignIn", outbox)
        browser.post("/profile/mfa/mfa-skipped")
        assert browser.submit()[0] == 200
        assert methods_of(submission()) == "pwd"

    def test_ones_own_password_next_to_somebody_elses_mailbox(
        self, browser: Browser, alice: User, mallory: User, settings_of: Settings, outbox: list[dict[str, Any]]
    ) -> None:
        """A link and a code to one mailbox are one factor, whatever else was typed in between."""
        settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
        follow_link(browser, alice)
        browser.give_password("username", "mallory", NEW_PASSWORD)
        give_mfa_code(browser, "email", outbox)
        assert browser.submit()[0] == 200
        assert methods_of(submission()) == "otp"

    def test_ones_own_second_factor(
        self, browser: Browser, alice: User, mallory: User, totp_secret: str, noon: Any
    ) -> None:
        """Proved as herself, then the journey becomes Alice's: by way of the other event, which forgets the user."""
        secret = new_secret()
        bind_totp(mallory, secret=secret, actor=SYSTEM)
        sign_in_with_password(browser, mallory, NEW_PASSWORD)
        verify(browser, "/totp/verify", {"code": code_at(secret)})
        for event in ("Register", "SignIn"):
            assert browser.put("/interaction-event", {"interactionEvent": event}) == (204, None)
        assert browser.identify(browser.give_password("username", "alice")) == (204, None)
        assert code_of(browser.submit()) == REQUIRED
        assert submission() == {}


def test_one_mailbox_is_not_both_factors(
    browser: Browser, alice: User, totp_secret: str, backup_codes: list[str], outbox: list[dict[str, Any]]
) -> None:
    """Whoever reads Alice's mail has her link, and the code that is sent there; her app is what they do not have."""
    follow_link(browser, alice)
    give_mfa_code(browser, "email", outbox)
    status, answer = browser.submit()
    assert (status, answer["code"]) == REQUIRED
    assert answer["data"]["availableFactors"] == ["Totp", "PhoneVerificationCode", "BackupCode"]
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert browser.submit()[0] == 200


class TestProofsThatHaveGone:
    """The owner takes back what a thief has; journeys that were under way with it must not end in a session."""

    def test_a_password_that_was_replaced(
        self, browser: Browser, alice: User, settings_of: Settings, noon: Any
    ) -> None:
        settings_of(mfa={"factors": [], "policy": "NoPrompt"})
        sign_in_with_password(browser, alice)
        noon.shift(1)
        set_password(alice, password=NEW_PASSWORD, actor=SYSTEM)
        assert code_of(browser.submit()) == NOBODY
        assert submission() == {}

    def test_a_sign_in_that_waits_to_be_followed(self, browser: Browser, alice: User, settings_of: Settings) -> None:
        settings_of(mfa={"factors": [], "policy": "NoPrompt"})
        sign_in_with_password(browser, alice)
        answer = browser.submit()
        set_password(alice, password=NEW_PASSWORD, actor=SYSTEM)
        assert browser.finish(answer).startswith("/sign-in")
        assert not Session.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_a_sign_in_that_is_followed_at_this_moment(
        self, browser: Browser, alice: User, settings_of: Settings
    ) -> None:
        """It holds its request and wants the user's row, which a new password holds: neither waits for the other."""
        settings_of(mfa={"factors": [], "policy": "NoPrompt"})
        sign_in_with_password(browser, alice)
        assert browser.submit()[0] == 200
        held, done = Event(), Event()

        def follow() -> None:
            with enter_tenant("default"), transaction.atomic():
                AuthorizationRequest.objects.select_for_update().get()
                held.set()
                done.wait(10)
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            followed = pool.submit(follow)
            try:
                assert held.wait(10)
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '3s'")
                set_password(alice, password=NEW_PASSWORD, actor=SYSTEM)
            finally:
                done.set()
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
            followed.result()

    @pytest.mark.parametrize("factor", ["Totp", "BackupCode"])
    def test_a_factor_that_was_replaced(
        self, browser: Browser, alice: User, totp_secret: str, backup_codes: list[str], factor: str, noon: Any
    ) -> None:
        sign_in_with_password(browser, alice)
        if factor == "Totp":
            verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
        else:
            verify(browser, "/backup-code/verify", {"code": backup_codes[0]})
        remove_factor(alice, factor_id=Factor.objects.get(type=factor).id, actor=SYSTEM)
        if not Factor.objects.filter(type="Totp").exists():
            bind_totp(alice, secret=new_secret(), actor=SYSTEM)
        assert code_of(browser.submit()) == REQUIRED

    def test_a_passkey_that_was_removed(
        self, browser: Browser, alice: User, authenticator: Authenticator, settings_of: Settings
    ) -> None:
        """The phone is stolen, unlocked, and the journey half-way when Alice removes its passkey."""
        settings_of(passkeySignIn={"enabled": True}, mfa={"factors": [], "policy": "NoPrompt"})
        options = browser.post("/preflight/sign-in-passkey/authentication", {})[1]["authenticationOptions"]
        browser.start()
        payload = {"payload": authenticator.get(options)}
        browser.identify(verify(browser, "/sign-in-passkey/authentication/verify", payload))
        remove_factor(alice, factor_id=Factor.objects.get().id, actor=SYSTEM)
        assert code_of(browser.submit()) == NOBODY

    def test_an_address_that_was_changed(
        self, browser: Browser, alice: User, totp_secret: str, outbox: list[dict[str, Any]]
    ) -> None:
        sign_in_with_password(browser, alice)
        give_mfa_code(browser, "email", outbox)
        update_user(alice, primary_email="alice@example.org", actor=SYSTEM)
        assert code_of(browser.submit()) == REQUIRED

    def test_the_last_backup_code_still_counts(
        self, browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
    ) -> None:
        codes = Factor.objects.get(type="BackupCode")
        [last] = hash_codes(alice.id, backup_codes)[:1]
        codes.details = {"codes": dict.fromkeys(codes.details["codes"], "2030-01-01T00:00:00Z") | {last: None}}
        codes.save()
        sign_in_with_password(browser, alice)
        verify(browser, "/backup-code/verify", {"code": backup_codes[0]})
        # New ones have to be made, but the sign-in is the owner's.
        assert code_of(browser.submit()) == (422, "session.mfa.backup_code_required")

    def test_a_user_who_was_deleted(self, browser: Browser, alice: User, totp_secret: str) -> None:
        sign_in_with_password(browser, alice)
        verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
        delete_user(alice, actor=SYSTEM)
        gone = (404, "session.interaction_not_found")
        assert code_of(browser.submit()) == gone
        assert code_of(browser.post("/verification/totp/verify", {"code": "000000"})) == gone


class TestSteppingUp:
    """A browser that was left open asks for a second factor of its own accord."""

    @pytest.fixture
    def left_open(self, browser: Browser, alice: User, settings_of: Settings, noon: Any) -> Browser:
        settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"})
        sign_in_with_password(browser, alice)
        browser.finish(browser.submit())
        noon.shift(timedelta(hours=3))
        return browser

    def begin(self, browser: Browser, application: Application) -> None:
        browser.open(application, prompt="", acr_values=TWO_FACTORS)
        assert start_step_up(AuthorizationRequest.objects.latest("created_at")) is not None

    def test_without_one_nobody_has_authenticated(self, left_open: Browser, application: Application) -> None:
        """`max_age` would else be met by whoever sits there, and the session would never end."""
        before = Session.objects.get().authenticated_at
        self.begin(left_open, application)
        assert left_open.finish(left_open.submit()).startswith(REDIRECT_URI)
        assert Session.objects.get().authenticated_at == before
        assert left_open.open(application, prompt="", max_age="60").startswith("/sign-in")

    def test_with_one_its_owner_has(self, left_open: Browser, application: Application, alice: User, noon: Any) -> None:
        secret = new_secret()
        bind_totp(alice, secret=secret, actor=SYSTEM)
        before = Session.objects.get().authenticated_at
        self.begin(left_open, application)
        verify(left_open, "/totp/verify", {"code": code_at(secret, before + timedelta(hours=3))})
        assert left_open.finish(left_open.submit()).startswith(REDIRECT_URI)
        assert Session.objects.get().authenticated_at == before + timedelta(hours=3)

    def test_a_session_that_its_owner_has_ended_does_not_come_back(
        self, left_open: Browser, application: Application
    ) -> None:
        self.begin(left_open, application)
        answer = left_open.submit()
        Session.objects.all().delete()
        assert "error=access_denied" in left_open.finish(answer)
        assert not Session.objects.exists()

    @pytest.mark.parametrize("path", ["", "/interaction-event"])
    def test_starting_over_keeps_nothing_of_it(self, left_open: Browser, application: Application, path: str) -> None:
        self.begin(left_open, application)
        for event in ("Register", "SignIn"):
            assert left_open.put(path, {"interactionEvent": event}) == (204, None)
        assert code_of(left_open.submit()) == NOBODY


class TestGuessing:
    def test_a_stranger_cannot_lock_a_second_factor(
        self, browser: Browser, alice: User, totp_secret: str, authenticator: Authenticator, settings_of: Settings
    ) -> None:
        """Counts of second factors are moved only by who has the first one."""
        settings_of(sentinelPolicy={"maxAttempts": 2, "lockoutDuration": 60}, passkeySignIn={"enabled": True})
        unknown = Authenticator(ORIGIN).get({"rpId": "localhost", "challenge": ""})
        browser.start()
        for path, body in (
            ("/totp/verify", {"code": "000000"}),
            ("/backup-code/verify", {"code": "0000000000"}),
            ("/sign-in-passkey/authentication/verify", {"payload": unknown}),
        ):
            for _ in range(3):
                assert browser.post(f"/verification{path}", body)[0] in (400, 404)
        assert not SentinelActivity.objects.exists()

    def test_neither_a_new_journey_nor_another_name_gives_new_tries(
        self, application: Application, alice: User, totp_secret: str, settings_of: Settings
    ) -> None:
        settings_of(
            mfa={"factors": ["Totp"], "policy": "Mandatory"},
            sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 60},
            signIn={"methods": [method(kind, password=True) for kind in ("username", "email", "phone")]},
        )
        codes = []
        for kind, value in (("username", "alice"), ("email", "ALICE@example.com"), ("phone", "+1 202 555 0101")):
            browser = Browser(Client(HTTP_HOST="localhost:8000"))
            browser.open(application)
            browser.start()
            browser.identify(browser.give_password(kind, value, PASSWORD))
            codes.append(code_of(browser.post("/verification/totp/verify", {"code": "000000"}))[1])
        assert codes[2] == "session.verification_blocked_too_many_attempts"


class TestPasskeys:
    @pytest.fixture(autouse=True)
    def signing_in(self, settings_of: Settings) -> None:
        settings_of(passkeySignIn={"enabled": True})

    def test_an_answer_to_one_request_is_none_to_another(
        self, browser: Browser, other_browser: Browser, authenticator: Authenticator
    ) -> None:
        """Mallory has Alice touch her key on a page of her own, and carries the answer to her journey."""
        options = browser.post("/preflight/sign-in-passkey/authentication", {})[1]["authenticationOptions"]
        other_browser.start()
        answer = other_browser.post(
            "/verification/sign-in-passkey/authentication/verify", {"payload": authenticator.get(options)}
        )
        assert code_of(answer) == (400, "session.passkey_sign_in.pending_info_not_found")

    def test_a_page_of_a_related_origin_signs_nobody_in(
        self,
        browser: Browser,
        authenticator: Authenticator,
    ) -> None:
        """Browsers let it use our passkeys; a leak there would else be a way in here."""
        update_account_center({"webauthnRelatedOrigins": ["https://shop.example"]}, actor=SYSTEM)
        options = browser.post("/preflight/sign-in-passkey/authentication", {})[1]["authenticationOptions"]
        browser.start()
        payload = authenticator.get(options, origin="https://shop.example")
        answer = browser.post("/verification/sign-in-passkey/authentication/verify", {"payload": payload})
        assert code_of(answer) == (400, "session.mfa.webauthn_verification_failed")

    def test_a_passkey_for_somebody_else_than_was_named(
        self, browser: Browser, alice: User, mallory: User, authenticator: Authenticator
    ) -> None:
        own = Authenticator(ORIGIN)
        add_passkey(mallory, own)
        browser.start()
        body = {"identifier": {"type": "username", "value": "alice"}}
        answer = browser.post("/verification/sign-in-passkey/authentication", body)[1]
        body = {"verificationId": answer["verificationId"], "payload": own.get(answer["authenticationOptions"])}
        assert code_of(browser.post("/verification/sign-in-passkey/authentication/verify", body))[0] == 409


@pytest.mark.parametrize(
    "bomb",
    [b"\x81" * 20_000, b"\x9b" + b"\xff" * 8, b"\x5b\x7f" + b"\xff" * 7, b"\xa1" * 20_000],
    ids=["nested", "long array", "long string", "nested maps"],
)
def test_an_attestation_made_to_exhaust_the_parser(browser: Browser, alice: User, bomb: bytes) -> None:
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/web-authn/registration", {})[1]
    payload = Authenticator(ORIGIN).create(answer["registrationOptions"])
    payload["response"]["attestationObject"] = base64url(bomb)
    refused = browser.post(
        "/verification/web-authn/registration/verify",
        {"verificationId": answer["verificationId"], "payload": payload},
    )
    assert code_of(refused) == (400, "session.mfa.webauthn_verification_failed")


def test_a_journey_holds_little_however_often_it_is_tried(browser: Browser, alice: User) -> None:
    """An hour of calls must not grow a row that every later step reads and writes."""
    sign_in_with_password(browser, alice)
    for _ in range(4):
        for path in ("/totp/secret", "/web-authn/registration", "/backup-code/generate"):
            assert browser.post(f"/verification{path}", {})[0] == 200
    assert len(Interaction.objects.get().records) == 4
