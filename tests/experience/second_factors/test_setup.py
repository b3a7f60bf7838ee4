"""Setting second factors up at sign-up and at sign-in: proved first, written with the submission, shown once."""

import base64
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from common.actors import SYSTEM
from experience.models import Interaction
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import Factor, User
from identity.selectors import find_user_by_identifier
from organizations.models import Organization
from organizations.services.members import add_members
from tests.authenticator import Authenticator
from tests.experience.conftest import NEW_PASSWORD, Answer, Browser, code_of
from tests.experience.second_factors.conftest import (
    ORIGIN,
    Settings,
    code_at,
    sign_in_with_password,
    stage,
    submission,
    verify,
)

pytestmark = pytest.mark.usefixtures("every_factor", "noon")


def register(browser: Browser, username: str = "dora") -> None:
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": username})
    browser.post("/profile", {"type": "password", "value": NEW_PASSWORD})
    assert browser.identify() == (201, None)


def set_up_totp(browser: Browser) -> str:
    status, answer = browser.post("/verification/totp/secret", {})
    assert status == 200
    body = {"code": code_at(answer["secret"]), "verificationId": answer["verificationId"]}
    assert verify(browser, "/totp/verify", body) == answer["verificationId"]
    assert stage(browser, "Totp", answer["verificationId"]) == (204, None)
    return str(answer["secret"])


def set_up_backup_codes(browser: Browser) -> list[str]:
    status, answer = browser.post("/verification/backup-code/generate", {})
    assert status == 200
    assert stage(browser, "BackupCode", answer["verificationId"]) == (204, None)
    return list(answer["codes"])


def make_passkey(browser: Browser, authenticator: Authenticator) -> str:
    status, answer = browser.post("/verification/web-authn/registration", {})
    assert status == 200
    payload = authenticator.create(answer["registrationOptions"])
    return verify(
        browser, "/web-authn/registration/verify", {"verificationId": answer["verificationId"], "payload": payload}
    )


def types_of(user: User) -> list[str]:
    return sorted(Factor.objects.filter(user=user).values_list("type", flat=True))


def test_a_new_user_says_yes_and_sets_up_what_they_like(browser: Browser, tenant: Any) -> None:
    register(browser)
    assert code_of(browser.submit()) == (422, "user.suggest_mfa")
    assert browser.post("/profile/mfa/mfa-enabled") == (204, None)
    status, answer = browser.submit()
    assert (status, answer["code"]) == (422, "user.missing_mfa")
    assert answer["data"] == {
        "availableFactors": ["WebAuthn", "Totp", "PhoneVerificationCode", "EmailVerificationCode"],
        "skippable": True,
    }
    set_up_totp(browser)
    assert code_of(browser.submit()) == (422, "session.mfa.backup_code_required")
    set_up_backup_codes(browser)
    assert browser.get("/interaction")[1]["mfa"] == {
        "mfaEnabled": True,
        "totp": {"type": "Totp"},
        "backupCode": {"type": "BackupCode"},
    }
    assert not Factor.objects.exists()
    assert browser.submit()[0] == 200

    dora = find_user_by_identifier("username", "dora")
    assert dora is not None
    assert types_of(dora) == ["BackupCode", "Totp"]
    assert dora.account_settings["mfa"] == {"enabled": True}
    # A factor that has been set up says nothing about who did it.
    told = submission()["verificationRecords"]
    shown = [(record["type"], record.get("isBinding", False)) for record in told]
    assert shown == [("NewPasswordIdentity", False), ("Totp", True), ("BackupCode", True)]


def test_the_code_that_has_set_an_app_up_does_not_sign_in_with_it(
    browser: Browser, other_browser: Browser, tenant: Any, settings_of: Settings
) -> None:
    """It has been seen on a screen next to the secret's picture, and was used: RFC 6238 lets a code count once."""
    settings_of(mfa={"factors": ["Totp"], "policy": "Mandatory"})
    register(browser)
    secret = set_up_totp(browser)
    assert browser.submit()[0] == 200
    dora = find_user_by_identifier("username", "dora")
    assert dora is not None
    sign_in_with_password(other_browser, dora, NEW_PASSWORD)
    answer = other_browser.post("/verification/totp/verify", {"code": code_at(secret)})
    assert code_of(answer) == (400, "session.mfa.invalid_totp_code")


def test_a_phone_reads_the_picture(browser: Browser, alice: User) -> None:
    sign_in_with_password(browser, alice)
    status, answer = browser.post("/verification/totp/secret", {})
    assert status == 200
    kind, _, data = answer["secretQrCode"].partition(",")
    assert kind == "data:image/png;base64"
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(data))))
    address = urlsplit(found.text)
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/localhost%3AAlice%20Archer")
    assert parse_qs(address.query)["secret"] == [answer["secret"]]
    assert len(answer["secret"]) == 32


def test_a_wrong_code_sets_nothing_up(browser: Browser, alice: User) -> None:
    sign_in_with_password(browser, alice)
    verification_id = browser.post("/verification/totp/secret", {})[1]["verificationId"]
    wrong = browser.post("/verification/totp/verify", {"code": "000000", "verificationId": verification_id})
    assert code_of(wrong) == (400, "session.mfa.invalid_totp_code")
    assert code_of(stage(browser, "Totp", verification_id)) == (400, "session.verification_failed")


def test_the_secret_is_not_in_the_database(browser: Browser, alice: User) -> None:
    """Whoever reads a backup of the database must not have everybody's second factor."""
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/totp/secret", {})[1]
    codes = browser.post("/verification/backup-code/generate", {})[1]["codes"]
    held = str(list(Interaction.objects.values()))
    assert answer["secret"] not in held
    assert not any(code in held for code in codes)
    shown = str(browser.get("/interaction"))
    assert answer["secret"] not in shown
    assert codes[0] not in shown


def test_one_authenticator_app_a_user(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    answer = browser.post("/verification/totp/secret", {})[1]
    body = {"code": code_at(answer["secret"]), "verificationId": answer["verificationId"]}
    verify(browser, "/totp/verify", body)
    assert code_of(stage(browser, "Totp", answer["verificationId"])) == (422, "user.totp_already_in_use")
    # What was verified with stays verified, though another record of its type has been made.
    assert browser.submit()[0] == 200


def test_an_app_that_was_set_up_elsewhere_meanwhile(browser: Browser, alice: User) -> None:
    sign_in_with_password(browser, alice)
    set_up_totp(browser)
    set_up_backup_codes(browser)
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    assert code_of(browser.submit()) == (422, "user.totp_already_in_use")
    # Nothing is half-written: neither the codes, nor that the user wants two steps.
    assert types_of(alice) == ["Totp"]
    alice.refresh_from_db()
    assert alice.account_settings == {"mfa": {"enabled": False}}


def test_a_passkey_as_a_factor(browser: Browser, alice: User) -> None:
    sign_in_with_password(browser, alice)
    first, second = Authenticator(ORIGIN), Authenticator(ORIGIN)
    assert stage(browser, "WebAuthn", make_passkey(browser, first)) == (204, None)
    # An authenticator is told which passkeys there are already.
    options = browser.post("/verification/web-authn/registration", {})[1]["registrationOptions"]
    assert len(options["excludeCredentials"]) == 1
    assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "alice@example.com")
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert stage(browser, "WebAuthn", make_passkey(browser, second)) == (204, None)
    set_up_backup_codes(browser)
    assert browser.submit()[0] == 200
    assert types_of(alice) == ["BackupCode", "WebAuthn", "WebAuthn"]
    assert set(Factor.objects.filter(type="WebAuthn").values_list("name", flat=True)) == {"Apple Passwords"}


def test_a_registration_is_finished_once_and_only_by_who_began_it(browser: Browser, alice: User) -> None:
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/web-authn/registration", {})[1]
    made = Authenticator(ORIGIN)
    elsewhere = Authenticator("https://phishing.example")
    path = "/verification/web-authn/registration/verify"

    def finish(payload: Any, verification_id: str = answer["verificationId"]) -> Answer:
        return browser.post(path, {"verificationId": verification_id, "payload": payload})

    failed = (400, "session.mfa.webauthn_verification_failed")
    assert code_of(finish(elsewhere.create(answer["registrationOptions"]))) == failed
    assert code_of(finish({"id": "x"})) == failed
    payload = made.create(answer["registrationOptions"])
    assert code_of(finish(payload, "unknown")) == (404, "session.verification_session_not_found")
    assert finish(payload)[0] == 200
    assert code_of(finish(payload)) == (400, "session.mfa.pending_info_not_found")


def test_backup_codes_are_never_alone(browser: Browser, tenant: Any) -> None:
    register(browser)
    answer = browser.post("/verification/backup-code/generate", {})[1]
    assert len(set(answer["codes"])) == 10
    alone = stage(browser, "BackupCode", answer["verificationId"])
    assert code_of(alone) == (422, "session.mfa.backup_code_can_not_be_alone")


def test_new_backup_codes_take_the_place_of_the_old(
    browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    made = set_up_backup_codes(browser)
    assert browser.submit()[0] == 200
    assert not set(made) & set(backup_codes)
    assert types_of(alice) == ["BackupCode", "Totp"]


def test_used_up_backup_codes_count_as_none(
    browser: Browser, other_browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]
) -> None:
    """Whoever has used the last one gets new ones, in the very journey in which it was used."""
    factor = Factor.objects.get(type="BackupCode")
    used = dict.fromkeys(factor.details["codes"], "2030-01-01T00:00:00Z")
    last = list(used)[-1]
    factor.details = {"codes": {**used, last: None}}
    factor.save()
    sign_in_with_password(browser, alice)
    statuses = [browser.post("/verification/backup-code/verify", {"code": code})[0] for code in backup_codes]
    assert sorted(statuses) == [200, *[400] * 9]
    assert code_of(browser.submit()) == (422, "session.mfa.backup_code_required")
    set_up_backup_codes(browser)
    assert browser.submit()[0] == 200
    # It is not offered once it is used up.
    Factor.objects.filter(type="BackupCode").update(details={"codes": used})
    sign_in_with_password(other_browser, alice)
    assert "BackupCode" not in other_browser.submit()[1]["data"]["availableFactors"]


def test_an_address_becomes_a_factor(
    browser: Browser, alice: User, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
    User.objects.update(primary_email=None, email_key=None)
    sign_in_with_password(browser, alice)
    status, answer = browser.submit()
    assert (status, answer["code"]) == (422, "user.missing_mfa")
    assert answer["data"] == {"availableFactors": ["EmailVerificationCode"]}
    verification_id = browser.ask_code("email", "new@example.com", "SignIn")
    assert outbox[-1]["template_type"] == "BindMfa"
    unverified = stage(browser, "EmailVerificationCode", verification_id)
    assert code_of(unverified) == (400, "session.verification_failed")
    code = outbox[-1]["payload"]["code"]
    assert browser.give_code("email", "new@example.com", verification_id, code)[0] == 200
    assert stage(browser, "EmailVerificationCode", verification_id) == (204, None)
    assert browser.submit()[0] == 200
    alice.refresh_from_db()
    assert alice.primary_email == "new@example.com"


def test_what_the_tenant_does_not_take(browser: Browser, alice: User, settings_of: Settings) -> None:
    settings_of(mfa={"factors": ["Totp"], "policy": "PromptAtSignInAndSignUp"})
    sign_in_with_password(browser, alice)
    refused = (400, "session.mfa.mfa_factor_not_enabled")
    verification_id = make_passkey(browser, Authenticator(ORIGIN))
    assert code_of(stage(browser, "WebAuthn", verification_id)) == refused
    assert code_of(browser.post("/profile/mfa/passkey", {"verificationId": verification_id})) == refused
    assert code_of(stage(browser, "Sms", verification_id)) == (400, "guard.invalid_input")
    assert code_of(stage(browser, "Totp", verification_id)) == (404, "session.verification_session_not_found")


def test_what_is_switched_off_meanwhile_is_not_written(browser: Browser, alice: User, settings_of: Settings) -> None:
    sign_in_with_password(browser, alice)
    set_up_totp(browser)
    settings_of(mfa={"factors": ["WebAuthn"], "policy": "PromptAtSignInAndSignUp"})
    assert code_of(browser.submit()) == (400, "session.mfa.mfa_factor_not_enabled")
    assert not Factor.objects.exists()


class TestDeclining:
    def test_for_good(self, browser: Browser, other_browser: Browser, alice: User) -> None:
        sign_in_with_password(browser, alice)
        assert code_of(browser.submit()) == (422, "user.suggest_mfa")
        assert browser.post("/profile/mfa/mfa-skipped") == (204, None)
        assert browser.submit()[0] == 200
        alice.refresh_from_db()
        assert alice.account_settings["mfa"] == {"enabled": False, "skipped": True}
        sign_in_with_password(other_browser, alice)
        assert other_browser.submit()[0] == 200

    def test_not_where_it_is_required(self, browser: Browser, alice: User, settings_of: Settings) -> None:
        settings_of(mfa={"factors": ["Totp"], "policy": "Mandatory"})
        sign_in_with_password(browser, alice)
        refused = browser.post("/profile/mfa/mfa-skipped")
        assert code_of(refused) == (422, "session.mfa.mfa_policy_not_user_controlled")
        assert code_of(browser.submit()) == (422, "user.missing_mfa")

    @pytest.mark.parametrize("rule", ["Mandatory", "NoPrompt"])
    def test_not_where_an_organization_of_theirs_requires_it(
        self, browser: Browser, alice: User, settings_of: Settings, rule: str
    ) -> None:
        """The tenant says whether members obey at sign-in: under `NoPrompt` the organization's tokens alone wait."""
        initech = Organization.objects.create(name="Initech", is_mfa_required=True)
        add_members(initech, user_ids=[alice.id], actor=SYSTEM)
        settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt", "organizationRequiredMfaPolicy": rule})
        sign_in_with_password(browser, alice)
        if rule == "NoPrompt":
            assert browser.submit()[0] == 200
            return
        refused = browser.post("/profile/mfa/mfa-skipped")
        assert code_of(refused) == (422, "session.mfa.mfa_policy_not_user_controlled")
        status, answer = browser.submit()
        assert (status, answer["code"]) == (422, "user.missing_mfa")
        assert answer["data"] == {"availableFactors": ["Totp"]}
        set_up_totp(browser)
        assert browser.submit()[0] == 200

    def test_another_factor(
        self,
        browser: Browser,
        other_browser: Browser,
        alice: User,
        settings_of: Settings,
        outbox: list[dict[str, Any]],
    ) -> None:
        """Codes to the address that every account has are a weak second factor: one more is suggested, once."""
        by_password = {"password": True, "verificationCode": False, "isPasswordPrimary": True}
        settings_of(
            signIn={"methods": [{"identifier": kind, **by_password} for kind in ("email", "username")]},
            signUp={"identifiers": ["email"], "password": True, "verify": True},
            mfa={"factors": ["Totp", "EmailVerificationCode"], "policy": "PromptAtSignInAndSignUp"},
        )
        alice.account_settings = {}
        alice.save()
        for each, is_asked in ((browser, True), (other_browser, False)):
            sign_in_with_password(each, alice)
            assert code_of(each.submit()) == (403, "session.mfa.require_mfa_verification")
            body = {"identifierType": "email"}
            body["verificationId"] = verify(each, "/mfa-verification-code", body)
            verify(each, "/mfa-verification-code/verify", {**body, "code": outbox[-1]["payload"]["code"]})
            if is_asked:
                assert code_of(each.submit()) == (422, "session.mfa.suggest_additional_mfa")
                assert each.post("/profile/mfa/mfa-suggestion-skipped") == (204, None)
            assert each.submit()[0] == 200
        alice.refresh_from_db()
        assert alice.account_settings["mfa"] == {"enabled": True, "additionalBindingSuggestionSkipped": True}
