"""The pages that create an account."""

from collections.abc import Callable
from typing import Any

from identity.models import User
from identity.services.passwords import verify_user_password
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.experience.pages.test_sign_in import TERMS


def test_a_username_and_a_password_make_an_account(visitor: Visitor) -> None:
    visitor.open(first_screen="register")
    assert visitor.path == "/register"
    visitor.send(identifier="zoe")
    assert visitor.path == "/continue/password"
    assert visitor.send(password="abc").error_codes[0] == "password: password.rejected"
    assert visitor.send(password=PASSWORD).arrive()["code"]
    assert User.objects.get(username="zoe").has_password


def test_every_reason_against_a_password_is_a_sentence_of_its_own(visitor: Visitor) -> None:
    visitor.open(first_screen="register").send(identifier="zoe").send(password="aaaa1234")
    assert visitor.error_codes == ["password: password.rejected"] * 2


def test_the_page_takes_passwords_as_long_as_the_api_does(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    """The page's own limit of 512 refused what the policy allowed, and the browser cut what was pasted."""
    settings_of(passwordPolicy={"length": {"max": 2000}, "rejects": {"repetitionAndSequence": False}})
    visitor.open(first_screen="register").send(identifier="zoe")
    assert "maxlength" not in visitor.html
    assert visitor.send(password="violet Teapot " * 80).error_codes == ["password: password.rejected"]
    long = "violet Teapot " * 73
    assert visitor.send(password=long).arrive()["code"]
    assert verify_user_password(User.objects.get(username="zoe"), long)


def test_a_taken_username_is_told_at_its_field(visitor: Visitor, alice: User) -> None:
    visitor.open(first_screen="register")
    assert visitor.send(identifier="alice").error_codes == ["identifier: user.username_already_in_use"]


def test_an_address_is_proved_before_the_account_exists(
    visitor: Visitor, every_method: None, outbox: list[dict[str, Any]], settings_of: Callable[..., None]
) -> None:
    settings_of(signUp={"identifiers": ["email"], "password": True, "verify": True})
    visitor.open(first_screen="register")
    assert visitor.send(identifier="zoe").error_codes == ["identifier: user.invalid_email"]
    visitor.send(identifier="zoe@example.com")
    assert visitor.path == "/register/verification-code"
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/continue/password"
    assert not User.objects.filter(primary_email="zoe@example.com")
    assert visitor.send(password=PASSWORD).arrive()["code"]
    assert User.objects.get(primary_email="zoe@example.com")


def test_the_owner_of_an_address_is_offered_to_sign_in(
    visitor: Visitor, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    visitor.open(first_screen="register").send(identifier="alice@example.com")
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/register/verification-code"
    assert visitor.send().arrive()["code"]


def test_further_identifiers_are_asked_for_one_by_one(
    visitor: Visitor, every_method: None, outbox: list[dict[str, Any]], settings_of: Callable[..., None]
) -> None:
    settings_of(
        signUp={
            "identifiers": ["username"],
            "password": True,
            "verify": True,
            "secondaryIdentifiers": [{"identifier": "emailOrPhone", "verify": True}],
        }
    )
    visitor.open(first_screen="register").send(identifier="zoe")
    assert visitor.path == "/continue/emailOrPhone"
    visitor.send(identifier="+1 202 555 0147")
    assert visitor.path == "/continue/verification-code"
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/continue/password"
    assert visitor.send(password=PASSWORD).arrive()["code"]
    assert User.objects.get(username="zoe").primary_phone == "12025550147"


def test_an_address_of_another_account_leads_to_another_one_or_to_that_account(
    visitor: Visitor, alice: User, every_method: None, settings_of: Callable[..., None], outbox: list[dict[str, Any]]
) -> None:
    """The page of the code asked for it again, and took none: it was used up, and nothing led to signing in."""
    secondary = [{"identifier": "email", "verify": True}]
    settings_of(
        signUp={"identifiers": ["username"], "secondaryIdentifiers": secondary, "password": False, "verify": True}
    )
    visitor.open(first_screen="register").send(identifier="zoe").send(identifier="alice@example.com")
    visitor.send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/continue/email"
    assert visitor.context["notice"] == "This email address belongs to another account."
    assert [link.url.partition("?")[0] for link in visitor.context["links"]] == ["/sign-in"]
    visitor.send(identifier="zoe@example.com").send(code=outbox[-1]["payload"]["code"])
    assert visitor.arrive()["code"]
    assert User.objects.get(primary_email="zoe@example.com").username == "zoe"


def test_a_signed_in_user_completes_the_profile(
    visitor: Visitor, alice: User, outbox: list[dict[str, Any]], settings_of: Callable[..., None]
) -> None:
    User.objects.filter(id=alice.id).update(primary_email=None)
    settings_of(
        signUp={
            "identifiers": ["username"],
            "password": True,
            "verify": True,
            "secondaryIdentifiers": [{"identifier": "email", "verify": True}],
        }
    )
    visitor.open().send(identifier="alice", password=PASSWORD)
    assert visitor.path == "/continue/email"
    visitor.send(identifier="new@example.com").send(code=outbox[-1]["payload"]["code"])
    assert visitor.arrive()["code"]
    alice.refresh_from_db()
    assert alice.primary_email == "new@example.com"


def test_a_blocked_address_is_told_at_its_field(
    visitor: Visitor, every_method: None, settings_of: Callable[..., None]
) -> None:
    settings_of(emailBlocklistPolicy={"customBlocklist": ["@example.org"]})
    visitor.open(first_screen="register").send(identifier="zoe@example.org")
    assert visitor.error_codes == ["identifier: session.email_blocklist.email_not_allowed"]


def test_registering_may_ask_for_agreement_where_signing_in_does_not(
    visitor: Visitor, settings_of: Callable[..., None]
) -> None:
    settings_of(agreeToTermsPolicy="ManualRegistrationOnly", **TERMS)
    assert "agreed" not in visitor.open().context["form"].fields
    assert visitor.go("/register").send(identifier="zoe").error_codes == ["agreed: required"]


def test_going_on_is_agreement_where_the_policy_is_automatic(
    visitor: Visitor, settings_of: Callable[..., None]
) -> None:
    settings_of(**TERMS)
    visitor.open(first_screen="register")
    assert visitor.context["terms"]
    assert "agreed" not in visitor.context["form"].fields


def test_where_nobody_signs_in_the_first_page_registers(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    settings_of(signInMode="Register")
    assert visitor.open().path == "/register"


def test_parts_that_no_profile_has_are_not_found(visitor: Visitor) -> None:
    visitor.open(first_screen="register").send(identifier="zoe")
    assert visitor.go("/continue/shoe-size").response.status_code == 404


def test_identifier_register_takes_the_kinds_that_the_application_names(
    visitor: Visitor, every_method: None, settings_of: Callable[..., None]
) -> None:
    settings_of(signUp={"identifiers": ["email", "phone"], "password": False, "verify": True})
    visitor.open(first_screen="identifier:register", identifier="phone")
    assert visitor.path == "/identifier-register"
    assert visitor.context["form"].kinds == ("phone",)
