"""Passkeys as a way in: offered to everybody alike, taken from whoever has one, and proposed after a sign-in."""

import re
from collections.abc import Callable
from json import dumps
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.models import Factor, User
from identity.selectors import get_user
from identity.services.factors import remove_factor
from identity.services.users import set_user_suspended
from tests.authenticator import Authenticator
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor, asked, challenge_id
from tests.experience.second_factors.conftest import ORIGIN

Settings = Callable[..., None]


def to(visitor: Visitor, path: str) -> Visitor:
    return visitor.go(f"{path}?{visitor.response.request['QUERY_STRING']}")


def answer(visitor: Visitor, authenticator: Authenticator, **fields: str) -> Visitor:
    """Have an authenticator answer what the page offers."""
    options = asked(visitor)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.html)
    assert token
    data = {"credential": dumps(authenticator.get(options)), "csrfmiddlewaretoken": token[1], **fields}
    address = f"/sign-in/passkey?{visitor.response.request['QUERY_STRING']}"
    visitor.response = visitor.client.post(address, data, follow=True)
    return visitor


@pytest.fixture
def passkeys(settings_of: Settings) -> None:
    settings_of(passkeySignIn={"enabled": True, "showPasskeyButton": True, "allowAutofill": True})


@pytest.mark.usefixtures("passkeys")
class TestWayIn:
    def test_a_passkey_of_the_first_page_leads_to_the_application(
        self, visitor: Visitor, authenticator: Authenticator
    ) -> None:
        visitor.open()
        assert 'autocomplete="username webauthn"' in visitor.html
        assert not asked(visitor).get("allowCredentials")
        assert answer(visitor, authenticator).arrive()["code"]

    def test_terms_that_count_at_each_sign_in_count_for_passkeys(
        self, visitor: Visitor, authenticator: Authenticator, settings_of: Settings
    ) -> None:
        settings_of(termsOfUseUrl="https://example.com/terms", agreeToTermsPolicy="Manual")
        answer(visitor.open(), authenticator)
        assert (visitor.path, visitor.error_codes) == ("/sign-in/passkey", ["agreed: required"])
        assert 'id="id_agreed"' in visitor.html
        assert "data-starts" not in to(visitor, "/sign-in/passkey").html
        assert answer(visitor, authenticator, agreed="on").arrive()["code"]

    def test_it_is_both_factors(self, visitor: Visitor, authenticator: Authenticator, settings_of: Settings) -> None:
        settings_of(mfa={"factors": ["WebAuthn"], "policy": "Mandatory"})
        assert answer(visitor.open(), authenticator).arrive()["code"]

    def test_a_passkey_that_was_removed_is_refused_with_another_chance(
        self, visitor: Visitor, authenticator: Authenticator, alice: User
    ) -> None:
        remove_factor(alice, factor_id=Factor.objects.get().id, actor=SYSTEM)
        answer(visitor.open(), authenticator)
        assert visitor.path == "/sign-in/passkey"
        assert visitor.error_codes == ["user.user_not_exist"]
        assert asked(visitor)
        assert "data-starts" not in visitor.html

    def test_an_answer_of_another_window_is_refused(
        self, visitor: Visitor, application: Application, authenticator: Authenticator
    ) -> None:
        options = asked(Visitor(application).open())
        to(visitor.open(), "/sign-in/passkey").send(credential=dumps(authenticator.get(options)))
        assert visitor.error_codes == ["session.passkey_sign_in.pending_info_not_found"]

    def test_a_suspended_user_is_told(self, visitor: Visitor, authenticator: Authenticator, alice: User) -> None:
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
        assert answer(visitor.open(), authenticator).path == "/account-suspended"

    def test_no_answer_is_told_at_the_page(self, visitor: Visitor, alice: User) -> None:
        to(visitor.open(), "/sign-in/passkey").send(credential="nothing")
        assert visitor.error_codes == ["session.mfa.webauthn_verification_failed"]


@pytest.mark.usefixtures("every_method", "passkeys")
@pytest.mark.parametrize("identifier", ["alice@example.com", "nobody@example.com"])
def test_after_the_identifier_it_is_offered_to_everybody_alike(
    visitor: Visitor, authenticator: Authenticator, identifier: str
) -> None:
    """Whether there is an account, and whether it has a passkey, is for nobody to find out."""
    visitor.open().send(identifier=identifier)
    assert visitor.path == "/sign-in/password"
    assert "/sign-in/passkey?" in visitor.html
    to(visitor, "/sign-in/passkey")
    assert not asked(visitor).get("allowCredentials")
    assert "/sign-in/verification-methods?" in visitor.html
    assert visitor.send(credential=dumps(authenticator.get(asked(visitor)))).arrive()["code"]


@pytest.mark.usefixtures("every_method", "passkeys", "outbox")
class TestMethods:
    def test_every_way_of_the_identifier_is_listed(self, visitor: Visitor, alice: User) -> None:
        to(visitor.open().send(identifier="alice@example.com"), "/sign-in/verification-methods")
        assert [way.label for way in visitor.context["ways"]] == ["Passkey", "Password", "Verification code"]
        assert visitor.send(way="code").path == "/sign-in/verification-code"
        assert "/sign-in/passkey?" in visitor.html

    def test_a_username_gets_no_code(self, visitor: Visitor, alice: User) -> None:
        to(visitor.open().send(identifier="alice"), "/sign-in/verification-methods")
        assert [way.label for way in visitor.context["ways"]] == ["Passkey", "Password"]
        assert visitor.send(way="code").path == "/sign-in/verification-methods"

    def test_without_an_identifier_there_is_nothing_to_choose(self, visitor: Visitor) -> None:
        assert to(visitor.open(), "/sign-in/verification-methods").path == "/sign-in"


def test_nothing_is_offered_while_passkeys_do_not_sign_in(visitor: Visitor, alice: User, settings_of: Settings) -> None:
    visitor.open()
    for path in ("/sign-in", "/sign-in/passkey"):
        assert to(visitor, path).path == "/sign-in"
        assert "passkey" not in visitor.html
    settings_of(passkeySignIn={"enabled": True})
    assert "passkey" not in to(visitor, "/sign-in").html
    assert "data-options" in to(visitor, "/sign-in/passkey").html


def test_the_offer_costs_no_statement(visitor: Visitor, passkeys: None, django_assert_num_queries: Any) -> None:
    visitor.open()
    with django_assert_num_queries(2):
        visitor.go("/sign-in")
    assert asked(visitor)


@pytest.mark.usefixtures("passkeys")
class TestProposal:
    @pytest.fixture
    def proposed(self, visitor: Visitor, alice: User) -> Visitor:
        visitor.open().send(identifier="alice", password=PASSWORD)
        assert visitor.path == "/create-passkey"
        return visitor

    def test_a_passkey_is_created_and_signs_in(self, proposed: Visitor, application: Application) -> None:
        authenticator = Authenticator(ORIGIN)
        credential = dumps(authenticator.create(asked(proposed)))
        assert proposed.send(verification_id=challenge_id(proposed), credential=credential).arrive()["code"]
        assert answer(Visitor(application).open(), authenticator).arrive()["code"]

    def test_it_says_nothing_about_two_step_sign_in(self, proposed: Visitor, alice: User) -> None:
        credential = dumps(Authenticator(ORIGIN).create(asked(proposed)))
        proposed.send(verification_id=challenge_id(proposed), credential=credential).arrive()
        assert not get_user(alice.id).account_settings.get("mfa", {}).get("enabled")

    def test_not_now_is_remembered(self, proposed: Visitor, application: Application) -> None:
        assert proposed.send(action="skip").arrive()["code"]
        again = Visitor(application).open().send(identifier="alice", password=PASSWORD)
        assert again.arrive()["code"]

    def test_without_scripts_the_page_says_so_and_goes_on(self, proposed: Visitor) -> None:
        assert "<noscript>" in proposed.html
        assert re.search(r'<button class="button" type="button" hidden>', proposed.html)
        assert proposed.send(action="skip").arrive()["code"]

    def test_a_wrong_answer_gets_another_chance(self, proposed: Visitor) -> None:
        other = dumps(Authenticator("https://evil.example").create(asked(proposed)))
        proposed.send(verification_id=challenge_id(proposed), credential=other)
        assert proposed.error_codes == ["session.mfa.webauthn_verification_failed"]
        good = dumps(Authenticator(ORIGIN).create(asked(proposed)))
        assert proposed.send(verification_id=challenge_id(proposed), credential=good).arrive()["code"]
