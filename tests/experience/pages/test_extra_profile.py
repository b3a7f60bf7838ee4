"""`/continue/extra-profile`: what else the tenant wants to know, filled in without JavaScript."""

import re
from typing import Any

import pytest

from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from identity.models import User
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.experience.test_extra_profile import address, fields, full_name, part

PATH = "/continue/extra-profile"


def register(visitor: Visitor, username: str = "carol") -> Visitor:
    """Sign up as far as the identifier and the password go."""
    visitor.open(first_screen="register").send(identifier=username)
    assert visitor.path == "/continue/password", visitor.html
    return visitor.send(password=PASSWORD)


def control(visitor: Visitor, name: str) -> str:
    """The opening tag of a control."""
    found = re.search(rf'<(?:input|select)[^>]* name="{re.escape(name)}"[^>]*>', visitor.html)
    assert found, visitor.html
    return found[0]


@pytest.fixture
def every_type(tenant: Any) -> None:
    """One field of each type."""
    fields(
        {"name": "company", "label": "Company <b>", "description": "Where you work", "config": {"placeholder": "Acme"}},
        {"name": "age", "type": "Number", "label": "Age", "required": True, "config": {"minValue": 18}},
        {"name": "birthdate", "type": "Date", "config": {"format": "dd/MM/yyyy"}},
        {"name": "since", "type": "Date", "label": "Since", "config": {"format": "custom", "customFormat": "MM/yyyy"}},
        {"name": "news", "type": "Checkbox", "label": "Send me news", "config": {"defaultValue": "true"}},
        {
            "name": "size",
            "type": "Select",
            "label": "Size",
            "config": {"placeholder": "Choose a size", "options": [{"value": "s", "label": "Small"}, {"value": "l"}]},
        },
        {"name": "website", "type": "Url"},
        {"name": "plate", "type": "Regex", "label": "Plate", "config": {"format": "^[A-Z]+-\\d+$"}},
        address(part("streetAddress"), part("locality", required=True), part("country", label="Land"), required=True),
        full_name(part("givenName", required=True), part("familyName"), label="Your name"),
    )


ANSWERS = {
    "company": "Acme",
    "age": "42",
    "birthdate": "2000-02-29",
    "since": "02/2019",
    "size": "l",
    "website": "https://carol.example",
    "plate": "AB-1",
    "address.streetAddress": "Storgata 1",
    "address.locality": "Oslo",
    "givenName": "Carol",
}


def test_every_type_has_a_control_and_is_kept(visitor: Visitor, every_type: None) -> None:
    register(visitor)
    assert visitor.path == PATH
    assert 'type="number"' in control(visitor, "age")
    assert 'inputmode="decimal"' in control(visitor, "age")
    assert 'min="18"' in control(visitor, "age")
    assert " required" in control(visitor, "age")
    assert 'type="date"' in control(visitor, "birthdate")
    assert 'autocomplete="bday"' in control(visitor, "birthdate")
    assert 'placeholder="MM/yyyy"' in control(visitor, "since")
    assert " checked" in control(visitor, "news")
    assert 'type="url"' in control(visitor, "website")
    assert 'autocomplete="address-level2"' in control(visitor, "address.locality")
    assert 'autocomplete="given-name"' in control(visitor, "givenName")
    assert 'placeholder="Acme"' in control(visitor, "company")
    assert '<option value="" selected>Choose a size</option>' in visitor.html
    assert "<legend>Your name</legend>" in visitor.html
    # The tenant's words are words, whatever is in them.
    assert "Company &lt;b&gt; (optional)" in visitor.html
    assert "<b>" not in visitor.html

    visitor.send(**ANSWERS)
    assert "code" in visitor.arrive()
    user = User.objects.get()
    assert user.custom_data == {
        "company": "Acme",
        "age": 42,
        "since": "02/2019",
        "news": False,
        "size": "l",
        "plate": "AB-1",
    }
    assert user.profile == {
        "birthdate": "2000-02-29",
        "website": "https://carol.example",
        "address": {"streetAddress": "Storgata 1", "locality": "Oslo"},
        "givenName": "Carol",
    }


def test_each_refusal_is_at_its_control(visitor: Visitor, every_type: None) -> None:
    register(visitor)
    visitor.send(**{**ANSWERS, "age": "17", "plate": "ab", "birthdate": "31/02/2000", "size": "xl"})
    assert visitor.path == PATH
    assert sorted(visitor.error_codes) == [
        "age: too_small",
        "birthdate: invalid_date",
        "plate: invalid_format",
        "size: invalid_option",
    ]
    assert "Enter 18 or more." in visitor.html
    assert 'value="Acme"' in control(visitor, "company")
    assert 'aria-invalid="true"' in control(visitor, "age")
    visitor.send(**ANSWERS)
    assert "code" in visitor.arrive()


def test_what_is_required_is_asked_for(visitor: Visitor, every_type: None) -> None:
    register(visitor).send(company="Acme")
    assert sorted(visitor.error_codes) == ["address.locality: required", "age: required", "givenName: required"]
    assert not User.objects.exists()


def test_what_is_not_required_may_be_left_out(visitor: Visitor) -> None:
    fields({"name": "company"}, address(part("locality"), part("country")))
    assert "code" in register(visitor).send().arrive()
    assert (User.objects.get().custom_data, User.objects.get().profile) == ({}, {})


def test_fields_are_in_the_order_of_the_settings(visitor: Visitor) -> None:
    fields({"name": "one"}, {"name": "two"}, {"name": "three"})
    update_sign_in_experience({"signUpProfileFields": [{"name": "three"}, {"name": "one"}]}, actor=SYSTEM)
    register(visitor)
    assert re.findall(r'<input type="text" name="(\w+)"', visitor.html) == ["three", "one"]


def test_words_for_fields_without_any_are_in_the_users_language(application: Any, tenant: Any) -> None:
    fields(full_name(part("givenName"), part("familyName")), {"name": "shoe"})
    visitor = register(Visitor(application, **{"Accept-Language": "de"}))
    for said in ("Vollständiger Name", "Vorname (optional)", "Nachname (optional)", "shoe (optional)"):
        assert said in visitor.html


def test_there_is_nothing_here_for_others(visitor: Visitor, alice: User) -> None:
    fields({"name": "company"})
    assert visitor.open().go(PATH).path == "/sign-in"
    assert visitor.open(first_screen="reset_password").go(PATH).path == "/sign-in"


def test_a_tenant_that_asks_for_nothing_shows_nothing(visitor: Visitor) -> None:
    assert "code" in register(visitor).arrive()
