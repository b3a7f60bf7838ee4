"""`/mfa-onboarding`, `/mfa-binding`: a second factor is set up on the way, on pages without JavaScript."""

import re
from collections.abc import Callable
from html import unescape
from json import dumps
from typing import Any
from urllib.parse import unquote

import pytest

from applications.models import Application
from common.errors import AppError
from identity.models import Factor, User
from identity.selectors import get_user
from tests.authenticator import Authenticator
from tests.experience.conftest import PASSWORD, method
from tests.experience.pages.conftest import Visitor, asked, challenge_id
from tests.experience.second_factors.conftest import NOON, ORIGIN, code_at

Settings = Callable[..., None]

_CODES = re.compile(r"<li><code>([0-9a-f]{10})</code></li>")


def enter(visitor: Visitor) -> Visitor:
    return visitor.open().send(identifier="alice", password=PASSWORD)


def to(visitor: Visitor, path: str) -> Visitor:
    return visitor.go(f"{path}?{visitor.response.request['QUERY_STRING']}")


def secret_on(visitor: Visitor) -> str:
    found = re.search(r'data-copy="([A-Z2-7]{32})"', visitor.html)
    assert found, visitor.html
    return found[1]


def shown_codes(visitor: Visitor) -> list[str]:
    return _CODES.findall(visitor.html)


def made(visitor: Visitor) -> str:
    found = re.search(r'name="made" value="(\w*)"', visitor.html)
    assert found, visitor.html
    return found[1]


def types(user: User) -> list[str]:
    return sorted(Factor.objects.filter(user=user).values_list("type", flat=True))


@pytest.fixture
def optional(settings_of: Settings) -> None:
    settings_of(mfa={"factors": ["Totp", "WebAuthn"], "policy": "PromptAtSignInAndSignUp"})


@pytest.fixture
def mandatory(settings_of: Settings) -> None:
    settings_of(mfa={"factors": ["Totp", "WebAuthn"], "policy": "Mandatory"})


@pytest.mark.usefixtures("optional")
class TestOnboarding:
    def test_the_user_does_without_and_is_not_asked_again(self, visitor: Visitor, alice: User) -> None:
        enter(visitor)
        assert visitor.path == "/mfa-onboarding"
        assert visitor.send(action="skip").arrive()["code"]
        assert get_user(alice.id).account_settings["mfa"]["skipped"]
        assert enter(visitor).arrive()["code"]

    def test_the_user_wants_it_and_chooses_a_factor(self, visitor: Visitor, alice: User) -> None:
        enter(visitor).send()
        assert visitor.path == "/mfa-binding"
        assert [way.label for way in visitor.context["ways"]] == ["Passkey", "Authenticator app"]
        assert visitor.send(action="skip").arrive()["code"]

    def test_another_prompts_page_leads_to_this_one(self, visitor: Visitor, alice: User) -> None:
        for path in ("/mfa-binding", "/mfa-binding/Totp", "/mfa-binding/BackupCode", "/create-passkey"):
            assert to(enter(visitor), path).path == "/mfa-onboarding"


def test_nobody_skips_what_the_tenant_requires(visitor: Visitor, alice: User, mandatory: None) -> None:
    enter(visitor)
    assert visitor.path == "/mfa-binding"
    assert "skip" not in visitor.html
    assert visitor.send(action="skip").path == "/mfa-binding"
    assert to(visitor, "/mfa-binding/EmailVerificationCode").path == "/mfa-binding"
    assert to(visitor, "/mfa-binding/Retina").response.status_code == 404
    assert types(alice) == []


def test_a_single_factor_has_its_page_at_once(visitor: Visitor, alice: User, settings_of: Settings) -> None:
    settings_of(mfa={"factors": ["Totp"], "policy": "PromptOnlyAtSignIn"})
    enter(visitor).send()
    assert visitor.path == "/mfa-binding/Totp"
    assert "/mfa-binding?" not in visitor.html
    assert visitor.send(action="skip").arrive()["code"]


@pytest.mark.usefixtures("mandatory", "noon")
class TestAuthenticatorApp:
    def test_its_code_sets_it_up(self, visitor: Visitor, alice: User) -> None:
        to(enter(visitor), "/mfa-binding/Totp")
        secret = secret_on(visitor)
        assert " ".join(re.findall("....", secret)) in visitor.html
        assert visitor.html.count('src="data:image/png;base64,') == 1
        assert f"otpauth://totp/localhost%3AAlice%20Archer?secret={secret}&" in unescape(visitor.html)
        assert visitor.send(code=code_at(secret)).arrive()["code"]
        assert types(alice) == ["Totp"]

    def test_the_page_loaded_again_has_the_same_secret(self, visitor: Visitor, alice: User) -> None:
        to(enter(visitor), "/mfa-binding/Totp")
        secret = secret_on(visitor)
        assert visitor.send(code="000000").error_codes == ["code: session.mfa.invalid_totp_code"]
        assert secret_on(visitor) == secret
        to(visitor, "/mfa-binding")
        assert secret_on(to(visitor, "/mfa-binding/Totp")) == secret

    def test_the_code_that_has_set_it_up_is_spent(
        self, visitor: Visitor, application: Application, alice: User, noon: Any
    ) -> None:
        to(enter(visitor), "/mfa-binding/Totp")
        secret = secret_on(visitor)
        visitor.send(code=code_at(secret)).arrive()
        again = enter(Visitor(application)).send(code=code_at(secret))
        assert again.error_codes == ["code: session.mfa.invalid_totp_code"]
        noon.shift(60)
        later = NOON.fromtimestamp(NOON.timestamp() + 60, NOON.tzinfo)
        assert again.send(code=code_at(secret, later)).arrive()["code"]


@pytest.mark.usefixtures("mandatory")
def test_a_passkey_is_set_up(visitor: Visitor, alice: User) -> None:
    to(enter(visitor), "/mfa-binding/WebAuthn")
    options = asked(visitor)
    assert options["user"]["name"] == "alice@example.com"
    answer = dumps(Authenticator(ORIGIN).create(options))
    assert visitor.send(verification_id=challenge_id(visitor), credential=answer).arrive()["code"]
    assert Factor.objects.get().name == "Apple Passwords"


@pytest.mark.usefixtures("outbox")
class TestAddress:
    @pytest.fixture
    def by_email(self, settings_of: Settings, alice: User) -> None:
        User.objects.filter(id=alice.id).update(primary_email=None, email_key=None)
        settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})

    def test_an_address_is_added_by_its_code(
        self, visitor: Visitor, alice: User, by_email: None, outbox: list[dict[str, Any]]
    ) -> None:
        enter(visitor)
        assert visitor.path == "/mfa-binding/EmailVerificationCode"
        visitor.send(identifier="alice@example.org")
        assert outbox[-1]["recipient"] == "alice@example.org"
        assert visitor.send(code="no").error_codes == ["code: verification_code.code_mismatch"]
        assert visitor.send(code=outbox[-1]["payload"]["code"]).arrive()["code"]
        assert get_user(alice.id).primary_email == "alice@example.org"

    def test_a_mistyped_address_is_changed(
        self, visitor: Visitor, by_email: None, outbox: list[dict[str, Any]]
    ) -> None:
        enter(visitor).send(identifier="alcie@example.org").send(action="change")
        assert "identifier" in visitor.context["form"].fields
        visitor.send(identifier="alice@example.org")
        assert outbox[-1]["recipient"] == "alice@example.org"
        assert visitor.send(action="resend").context["notice"]
        assert len(outbox) == 3

    def test_an_address_of_another_account_is_refused_once_it_is_proved(
        self, visitor: Visitor, bob: User, by_email: None, outbox: list[dict[str, Any]]
    ) -> None:
        """The page said so above a field for a code that was used up, and named no way on."""
        enter(visitor).send(identifier="bob@example.com")
        visitor.send(code=outbox[-1]["payload"]["code"])
        assert visitor.context["notice"] == AppError("user.email_already_in_use").message
        assert list(visitor.context["form"].fields) == ["identifier"]
        visitor.send(identifier="alice@example.org")
        assert visitor.send(code=outbox[-1]["payload"]["code"]).arrive()["code"]


def test_another_factor_is_suggested_to_who_has_what_everybody_has(
    visitor: Visitor, alice: User, settings_of: Settings, connectors: None
) -> None:
    settings_of(
        signUp={"identifiers": ["email"], "password": True, "verify": True},
        signIn={"methods": [method("username", password=True), method("email", password=True)]},
        mfa={"factors": ["EmailVerificationCode", "Totp", "WebAuthn"], "policy": "PromptAtSignInAndSignUp"},
    )
    assert enter(visitor).send().path == "/mfa-binding"
    assert [way.label for way in visitor.context["ways"]] == ["Passkey", "Authenticator app"]
    assert visitor.send(action="skip").arrive()["code"]
    assert get_user(alice.id).account_settings["mfa"]["additionalBindingSuggestionSkipped"]


@pytest.mark.usefixtures("every_factor", "noon")
class TestBackupCodes:
    @pytest.fixture
    def waiting(self, visitor: Visitor, totp_secret: str) -> Visitor:
        """Alice has an authenticator app, and codes are asked for next."""
        enter(visitor).send(code=code_at(totp_secret))
        assert visitor.path == "/mfa-binding/BackupCode"
        assert shown_codes(visitor) == []
        return visitor

    def test_they_are_shown_and_kept(self, waiting: Visitor, application: Application, alice: User) -> None:
        waiting.send(made="", action="show")
        codes = shown_codes(waiting)
        assert len(set(codes)) == 10
        file = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)" download', waiting.html)
        assert file
        assert unquote(unescape(file[1])).split() == ["localhost", "alice@example.com", *codes]
        assert waiting.send(made=made(waiting), action="saved").arrive()["code"]
        other = to(enter(Visitor(application)), "/mfa-verification/BackupCode")
        assert other.send(code=codes[3]).arrive()["code"]

    def test_loading_the_page_again_changes_nothing(self, waiting: Visitor) -> None:
        waiting.send(made="", action="show")
        current = made(waiting)
        for again in (waiting.send(made="", action="show"), to(waiting, waiting.path)):
            assert shown_codes(again) == []
            assert made(again) == current
        assert waiting.send(made=current, action="saved").arrive()["code"]

    def test_new_ones_take_their_place(self, waiting: Visitor) -> None:
        waiting.send(made="", action="show")
        first, old = shown_codes(waiting), made(waiting)
        to(waiting, waiting.path).send(made=old, action="show")
        assert not set(first) & set(shown_codes(waiting))
        current = made(waiting)
        assert current != old
        # A window that shows the old ones does not keep the new ones.
        assert waiting.send(made=old, action="saved").path == "/mfa-binding/BackupCode"
        assert waiting.send(made=current, action="saved").arrive()["code"]

    def test_codes_that_were_not_shown_are_not_kept(self, waiting: Visitor, alice: User) -> None:
        assert waiting.send(made="", action="saved").path == "/mfa-binding/BackupCode"
        assert types(alice) == ["Totp"]

    def test_they_are_kept_nowhere(self, waiting: Visitor) -> None:
        waiting.send(made="", action="show")
        assert waiting.response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_new_account_sets_a_factor_up(visitor: Visitor, mandatory: None, settings_of: Settings, noon: Any) -> None:
    visitor.open(first_screen="register").send(identifier="erin").send(password="copper lantern 77")
    assert visitor.path == "/mfa-binding"
    to(visitor, "/mfa-binding/Totp")
    assert visitor.send(code=code_at(secret_on(visitor))).arrive()["code"]
    assert types(User.objects.get(username="erin")) == ["Totp"]
