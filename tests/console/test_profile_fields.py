"""Profile fields in the console: one form a type, the order, and what signing up asks for."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from experience.models import CustomProfileField
from experience.profile_fields.catalog import list_profile_fields
from experience.services.profile_fields import create_profile_fields
from experience.services.settings import get_sign_in_experience
from tenants.context import enter_tenant
from tests.console.test_changes import sign_in_form

BASE = "/console/default/experience/customprofilefield"
Form = dict[str, Any]


@pytest.fixture(autouse=True)
def _inside_default(installation: Form) -> Any:
    with enter_tenant("default"):
        yield


def add(console: Client, kind: str, **form: Any) -> Any:
    return console.post(f"{BASE}/add/?type={kind}", {"label": "Thing", "key": "thing", **form})


def stored() -> CustomProfileField:
    return CustomProfileField.objects.get()


def sent_back(console: Client, field: CustomProfileField) -> tuple[str, Form]:
    """The change form's address and what a browser would send back unchanged."""
    path = f"{BASE}/{field.pk}/change/"
    form = console.get(path).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    return path, {name: value for name, value in shown.items() if value is not None and value is not False}


_PART = {"type": "Text", "required": False}

CASES: list[tuple[str, Form, str, bool, Form]] = [
    (
        "Text",
        {"minimum": "2", "maximum": "9", "placeholder": "Acme", "required": "on"},
        "thing",
        True,
        {"placeholder": "Acme", "minLength": 2, "maxLength": 9},
    ),
    ("Text", {"place": "nickname", "key": ""}, "nickname", False, {}),
    ("Number", {"minimum": "-5", "maximum": "0"}, "thing", False, {"minValue": -5, "maxValue": 0}),
    ("Date", {"place": "birthdate", "date_format": "dd/MM/yyyy"}, "birthdate", False, {"format": "dd/MM/yyyy"}),
    (
        "Date",
        {"place": "", "date_format": "custom", "custom_format": "d.M.yyyy"},
        "thing",
        False,
        {"format": "custom", "customFormat": "d.M.yyyy"},
    ),
    ("Checkbox", {"ticked": "on"}, "thing", False, {"defaultValue": "true"}),
    (
        "Select",
        {"options": "s = Small\nl"},
        "thing",
        False,
        {"options": [{"value": "s", "label": "Small"}, {"value": "l"}]},
    ),
    ("Url", {"place": "website"}, "website", False, {}),
    ("Regex", {"pattern": "^[A-Z]+$"}, "thing", False, {"format": "^[A-Z]+$"}),
    (
        "Fullname",
        {"parts": ["familyName", "givenName"], "required_parts": ["givenName"], "label_givenName": "Rufname"},
        "fullname",
        True,
        {
            "parts": [
                {**_PART, "name": "familyName", "enabled": True, "config": {}},
                {**_PART, "name": "givenName", "enabled": True, "required": True, "label": "Rufname", "config": {}},
                {**_PART, "name": "middleName", "enabled": False, "config": {}},
            ]
        },
    ),
]


@pytest.mark.parametrize(("kind", "form", "name", "required", "config"), CASES)
def test_each_type_has_a_form(console: Client, kind: str, form: Form, name: str, required: bool, config: Form) -> None:
    assert console.get(f"{BASE}/add/?type={kind}").status_code == 200
    assert add(console, kind, **form).status_code == 302
    field = stored()
    assert (field.name, field.type, field.label, field.required) == (name, kind, "Thing", required)
    assert field.config == config
    # Saving it unchanged changes nothing.
    path, same = sent_back(console, field)
    assert console.post(path, {**same, "label": "Other"}).status_code == 302
    field.refresh_from_db()
    assert (field.name, field.label, field.required, field.config) == (name, "Other", required, config)


@pytest.mark.parametrize(
    ("kind", "form", "at"),
    [
        ("Text", {"key": ""}, "key"),
        ("Text", {"key": "first-name"}, "key"),
        ("Text", {"key": "username"}, "key"),
        ("Text", {"label": ""}, "label"),
        ("Text", {"minimum": "9", "maximum": "2"}, "minimum"),
        ("Select", {"options": "a\na"}, "options"),
        ("Select", {"options": ""}, "options"),
        ("Regex", {"pattern": "(?=a)"}, "pattern"),
        ("Date", {"place": "", "date_format": "custom", "custom_format": "MMM"}, "custom_format"),
        ("Address", {"place": "address", "parts": []}, "parts"),
    ],
)
def test_refusals_are_at_their_control(console: Client, kind: str, form: Form, at: str) -> None:
    answer = add(console, kind, **form)
    assert answer.context["adminform"].form.errors.keys() == {at}
    assert not CustomProfileField.objects.exists()


def test_a_type_is_chosen_first(console: Client) -> None:
    page = console.get(f"{BASE}/add/?type=nonsense").content.decode()
    assert "?type=Fullname" in page
    assert "?type=Regex" in page


def test_what_a_part_says_by_the_api_stays(console: Client) -> None:
    parts = [
        {
            "name": "country",
            "type": "Select",
            "enabled": True,
            "required": False,
            "config": {"options": [{"value": "no"}]},
        }
    ]
    [field] = create_profile_fields(
        [("address", {"type": "Address", "label": "Home", "required": False, "config": {"parts": parts}})],
        actor=SYSTEM,
    )
    path, form = sent_back(console, field)
    assert console.post(path, {**form, "label_country": "Land"}).status_code == 302
    field.refresh_from_db()
    assert field.config["parts"][0] == {**parts[0], "label": "Land"}


def test_order_and_deletion(console: Client) -> None:
    row = {"type": "Text", "label": "x", "required": False}
    create_profile_fields([(name, row) for name in ("one", "two", "three")], actor=SYSTEM)
    assert console.post(f"{BASE}/order/", {"order": ["three", "one", "two"]}).status_code == 302
    assert [field.name for field in list_profile_fields()] == ["three", "one", "two"]
    assert console.post(f"{BASE}/order/", {"order": ["nine"]}).status_code == 200

    one = CustomProfileField.objects.get(name="one")
    assert "the question at sign-up" in console.get(f"{BASE}/{one.pk}/delete/").content.decode()
    console.post(f"{BASE}/{one.pk}/delete/", {"post": "yes"})
    assert [field.name for field in list_profile_fields()] == ["three", "two"]


def test_the_sign_up_asks_for_some_in_an_order_or_for_all(console: Client) -> None:
    row = {"type": "Text", "label": "x", "required": False}
    create_profile_fields([(name, row) for name in ("one", "two")], actor=SYSTEM)
    path, form = sign_in_form(console)
    assert form["profile_fields_all"] is True
    some = {name: value for name, value in form.items() if name != "profile_fields_all"}
    assert console.post(path, {**some, "profile_fields": ["two", "one"]}).status_code == 302
    assert get_sign_in_experience().wire["signUpProfileFields"] == [{"name": "two"}, {"name": "one"}]
    assert console.post(path, some).status_code == 302
    assert get_sign_in_experience().wire["signUpProfileFields"] == []
    assert console.post(path, {**some, "profile_fields_all": "on"}).status_code == 302
    assert get_sign_in_experience().wire["signUpProfileFields"] is None
