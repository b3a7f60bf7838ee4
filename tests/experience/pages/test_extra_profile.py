"""`/continue/extra-profile`: what else the tenant wants to know, filled in without JavaScript."""

import re
from typing import Any

import pytest

from common.actors import SYSTEM
from experience.models import CustomProfileField, Interaction
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


def test_what_is_asked_for_twice_is_drawn_once_and_required(visitor: Visitor) -> None:
    """The first field let the name be left out, the second did not: the page came back for ever, without an error."""
    fields(
        full_name(part("givenName"), part("familyName"), label="Your name"),
        {"name": "givenName", "label": "First name", "required": True},
    )
    register(visitor)
    assert " required" in control(visitor, "givenName")
    assert visitor.html.count('name="givenName"') == 1
    visitor.send(familyName="Lin")
    assert visitor.error_codes == ["givenName: required"]
    assert "code" in visitor.send(givenName="Carol").arrive()
    assert User.objects.get().profile == {"givenName": "Carol"}


def test_fields_of_one_key_and_different_types_are_one(visitor: Visitor) -> None:
    """A text and an address of one key had controls whose values could not be put together."""
    fields(full_name(part("givenName")), address(part("locality"), name="givenName", required=True))
    register(visitor).send()
    assert visitor.error_codes == ["givenName: required"]
    assert "code" in visitor.send(givenName="Carol").arrive()


def test_an_option_of_spaces_is_an_answer_where_there_is_one(visitor: Visitor) -> None:
    """Catalogs could have such an option: who chose it was asked again for ever. Elsewhere spaces are no option."""
    fields(
        {"name": "size", "type": "Select", "required": True, "config": {"options": [{"value": "s"}]}},
        {"name": "color", "type": "Select", "required": True, "config": {"options": [{"value": "red"}]}},
    )
    options = [{"value": " ", "label": "None"}, {"value": "l"}]
    CustomProfileField.objects.filter(name="size").update(config={"options": options})
    register(visitor).send(size=" ", color=" ")
    assert visitor.error_codes == ["color: invalid_option"]
    visitor.send(size="", color="red")
    assert visitor.error_codes == ["size: required"]
    assert "code" in visitor.send(size=" ", color="red").arrive()
    assert User.objects.get().custom_data == {"size": " ", "color": "red"}


@pytest.mark.parametrize(
    ("form", "given", "kept"),
    [("dd.MM.", "24.12.", "0000-12-24"), ("dd.MM.", "29.02.", "0000-02-29"), ("yyyy", "1990", "1990")],
)
def test_a_birthdate_is_shown_again_as_it_was_typed(
    visitor: Visitor, settings_of: Any, form: str, given: str, kept: str
) -> None:
    """The control had what is kept, which is not of the field's form: sent unchanged, it was refused."""
    fields({"name": "birthdate", "type": "Date", "required": True, "config": _custom(form)}, {"name": "company"})
    settings_of(mfa={"factors": ["Totp", "BackupCode"], "policy": "Mandatory"})
    register(visitor).send(birthdate=given)
    assert User.objects.get().profile == {"birthdate": kept}
    _open_again(visitor)
    assert f'value="{given}"' in control(visitor, "birthdate")
    visitor.send(birthdate=given, company="Acme")
    assert visitor.path != PATH, visitor.error_codes
    assert Interaction.objects.get().profile["customData"] == {"company": "Acme"}


@pytest.mark.parametrize(
    ("form", "held", "shown"),
    [
        ("dd.MM.", "1990-12-24", "24.12."),
        ("dd.MM.", "0004-12-24", "24.12."),
        ("yyyy", "1990-12-24", "1990"),
        ("yyyy-dd-MM", "1990-02-01", "1990-02-01"),
    ],
)
def test_a_birthdate_that_says_more_than_its_form_stays(
    visitor: Visitor, settings_of: Any, form: str, held: str, shown: str
) -> None:
    """What was shown of it is not held against what is kept: nothing in an account is replaced."""
    fields({"name": "birthdate", "type": "Date", "required": True, "config": _custom(form)}, {"name": "company"})
    settings_of(mfa={"factors": ["Totp", "BackupCode"], "policy": "Mandatory"})
    register(visitor).send(birthdate={"dd.MM.": "24.12.", "yyyy": "1990", "yyyy-dd-MM": "1990-01-02"}[form])
    User.objects.update(profile={"birthdate": held})
    _open_again(visitor)
    assert f'value="{shown}"' in control(visitor, "birthdate")
    visitor.send(birthdate=shown, company="Acme")
    assert visitor.path != PATH, visitor.error_codes
    assert User.objects.get().profile == {"birthdate": held}


def _custom(form: str) -> dict[str, str]:
    return {"format": "custom", "customFormat": form}


def _open_again(visitor: Visitor) -> None:
    visitor.go(f"{PATH}?{visitor.response.request['QUERY_STRING']}")
    assert visitor.path == PATH
