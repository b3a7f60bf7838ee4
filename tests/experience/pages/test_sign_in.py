"""The sign-in pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import set_user_suspended
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor

TERMS = {"termsOfUseUrl": "https://example.com/terms", "privacyPolicyUrl": "https://example.com/privacy"}


def test_a_username_and_its_password_lead_back_to_the_application(visitor: Visitor, alice: User) -> None:
    answer = visitor.open().send(identifier="alice", password=PASSWORD).arrive()
    assert answer["code"]
    assert answer["state"] == ["s"]


def test_an_unknown_user_and_a_wrong_password_look_the_same(visitor: Visitor, alice: User) -> None:
    seen = []
    for name in ("alice", "nobody"):
        visitor.open().send(identifier=name, password="wrong")
        assert visitor.error_codes == ["session.invalid_credentials"]
        seen.append(visitor.html.count("\n"))
    assert seen[0] == seen[1]
    assert PASSWORD not in visitor.html
    assert 'value="wrong"' not in visitor.html


def test_an_empty_form_says_what_is_missing_and_takes_the_focus_there(visitor: Visitor) -> None:
    visitor.open().send(identifier="alice", password="")
    assert visitor.error_codes == ["password: required"]
    assert 'aria-describedby="id_password_error"' in visitor.html
    assert visitor.html.count("autofocus") == 1


def test_with_codes_enabled_the_password_is_asked_on_its_own_page(
    visitor: Visitor, alice: User, every_method: None
) -> None:
    visitor.open().send(identifier="alice@example.com")
    assert visitor.path == "/sign-in/password"
    assert visitor.context["account"] == "alice@example.com"
    assert visitor.send(password="wrong").error_codes == ["session.invalid_credentials"]
    assert visitor.send(password=PASSWORD).arrive()["code"]


def test_a_code_comes_first_if_the_tenant_prefers_it(
    visitor: Visitor, alice: User, settings_of: Callable[..., None], outbox: list[dict[str, Any]]
) -> None:
    """Both are on, and `isPasswordPrimary` decides which page is first; the other way stays open."""
    both = {"identifier": "email", "password": True, "verificationCode": True}
    settings_of(
        signUp={"identifiers": ["email"], "password": True, "verify": True},
        signIn={"methods": [{**both, "isPasswordPrimary": False}]},
    )
    assert visitor.open().send(identifier="alice@example.com").path == "/sign-in/verification-code"
    assert outbox[-1]["recipient"] == "alice@example.com"
    assert "Sign in with your password instead" in visitor.html
    settings_of(signIn={"methods": [{**both, "isPasswordPrimary": True}]})
    assert visitor.open().send(identifier="alice@example.com").path == "/sign-in/password"
    assert len(outbox) == 1


def test_the_password_page_needs_an_identifier_first(visitor: Visitor, every_method: None) -> None:
    visitor.open().go("/sign-in/password")
    assert visitor.path == "/sign-in"


def test_a_code_replaces_the_password(
    visitor: Visitor, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    visitor.open().send(identifier="alice@example.com").send(action="code")
    assert visitor.path == "/sign-in/verification-code"
    assert outbox[-1]["recipient"] == "alice@example.com"
    code = outbox[-1]["payload"]["code"]
    assert visitor.send(code=f"{code[:3]} {code[3:]}").arrive()["code"]


def test_a_wrong_code_is_told_at_its_field(
    visitor: Visitor, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    visitor.open().send(identifier="alice@example.com").send(action="code")
    wrong = "000000" if outbox[-1]["payload"]["code"] != "000000" else "111111"
    assert visitor.send(code=wrong).error_codes == ["code: verification_code.code_mismatch"]


def test_a_new_code_makes_the_old_one_worthless(
    visitor: Visitor, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    visitor.open().send(identifier="alice@example.com").send(action="code").send(action="resend")
    assert visitor.context["notice"]
    first, second = (message["payload"]["code"] for message in outbox)
    if first != second:
        assert visitor.send(code=first).error_codes == ["code: verification_code.code_mismatch"]
    assert visitor.send(code=second).arrive()["code"]


def test_a_phone_number_is_read_in_the_browsers_country(
    application: Application, alice: User, every_method: None
) -> None:
    visitor = Visitor(application, accept_language="en-US,en;q=0.8")
    visitor.open().send(identifier="(202) 555-0101")
    assert visitor.path == "/sign-in/password"
    assert visitor.context["account"] == "+12025550101"
    assert visitor.send(password=PASSWORD).arrive()["code"]


def test_a_proved_address_without_an_account_may_create_one(
    visitor: Visitor, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    visitor.open().send(identifier="zoe@example.com").send(action="code")
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/sign-in/verification-code"
    assert not User.objects.filter(primary_email="zoe@example.com")
    assert visitor.send().arrive()["code"]
    assert User.objects.get(primary_email="zoe@example.com")


def test_an_unknown_user_is_offered_nothing_where_nobody_registers(
    visitor: Visitor, every_method: None, outbox: list[dict[str, Any]], settings_of: Callable[..., None]
) -> None:
    settings_of(signInMode="SignIn")
    visitor.open().send(identifier="zoe@example.com").send(action="code")
    assert visitor.path == "/sign-in/verification-code"
    assert outbox == []
    assert visitor.go("/register").path == "/sign-in"


def test_a_suspended_user_is_told_after_the_right_password_only(visitor: Visitor, alice: User) -> None:
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert visitor.open().send(identifier="alice", password="wrong").error_codes == ["session.invalid_credentials"]
    assert visitor.send(identifier="alice", password=PASSWORD).path == "/account-suspended"


def test_a_login_hint_is_filled_in(visitor: Visitor) -> None:
    visitor.open(login_hint='alice"><script>')
    assert visitor.context["form"]["identifier"].value() == 'alice"><script>'
    assert '"><script>' not in visitor.html


def test_identifier_sign_in_takes_the_kinds_that_the_application_names(
    visitor: Visitor, alice: User, every_method: None
) -> None:
    visitor.open(first_screen="identifier:sign_in", identifier="phone email")
    assert visitor.path == "/identifier-sign-in"
    assert visitor.context["form"].kinds == ("email", "phone")
    assert visitor.send(identifier="alice").error_codes == ["identifier: user.invalid_phone"]
    visitor.send(identifier="alice@example.com")
    assert visitor.path == "/sign-in/password"
    assert "/identifier-sign-in" in visitor.html


def test_terms_are_agreed_to_by_hand_where_the_tenant_wants_it(
    visitor: Visitor, alice: User, settings_of: Callable[..., None]
) -> None:
    settings_of(agreeToTermsPolicy="Manual", **TERMS)
    visitor.open().send(identifier="alice", password=PASSWORD)
    assert visitor.error_codes == ["agreed: required"]
    assert visitor.send(identifier="alice", password=PASSWORD, agreed="on").arrive()["code"]


def test_an_expired_password_leads_to_a_new_one(
    visitor: Visitor, alice: User, every_method: None, settings_of: Callable[..., None]
) -> None:
    User.objects.filter(id=alice.id).update(is_password_expired=True)
    settings_of(passwordExpiration={"enabled": True, "validPeriodDays": 30})
    visitor.open().send(identifier="alice").send(password=PASSWORD)
    assert visitor.path == "/forgot-password"
    assert visitor.context["form"]["identifier"].value() in ("", "alice")


@pytest.mark.parametrize("path", ["/", "/single-sign-on", "/direct/social/google"])
def test_what_is_not_there_falls_back_to_the_sign_in_page(visitor: Visitor, path: str) -> None:
    assert visitor.open().go(path).path == "/sign-in"


def test_a_page_is_light_and_its_statements_are_few(visitor: Visitor, django_assert_num_queries: Any) -> None:
    visitor.open()
    with django_assert_num_queries(2):
        visitor.go("/sign-in")
    style = Path(str(finders.find("experience/pages.css")))
    assert len(visitor.response.content) + style.stat().st_size < 30_000
    assert visitor.html.count('<link rel="stylesheet"') == 1
    assert " src=" not in visitor.html
