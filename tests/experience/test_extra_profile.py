"""What signing up asks for besides identifiers: given, checked, and written to the new account."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from experience.services.profile_fields import create_profile_fields
from identity.models import User
from identity.services.users import update_user
from tenants.models import Tenant
from tests.experience.conftest import PASSWORD, Browser, code_of

Change = Callable[..., None]
Row = dict[str, Any]


def fields(*rows: Row) -> None:
    """Collect these; a field is a text that is not required if it does not say otherwise."""
    given = [(row["name"], {"type": "Text", "required": False, **row}) for row in rows]
    create_profile_fields(given, actor=SYSTEM)


def part(name: str, **more: Any) -> Row:
    return {"name": name, "type": "Text", "enabled": True, "required": False, **more}


def full_name(*parts: Row, **more: Any) -> Row:
    return {"name": "fullname", "type": "Fullname", "config": {"parts": list(parts)}, **more}


def address(*parts: Row, name: str = "address", **more: Any) -> Row:
    return {"name": name, "type": "Address", "config": {"parts": list(parts)}, **more}


@pytest.fixture
def carol(browser: Browser) -> Browser:
    """Carol has chosen a username and a password, and is not registered yet."""
    browser.start("Register")
    for body in ({"type": "username", "value": "carol"}, {"type": "password", "value": PASSWORD}):
        assert browser.post("/profile", body) == (204, None)
    return browser


def fill_in(browser: Browser, **values: Any) -> Any:
    return browser.post("/profile", {"type": "extraProfile", "values": values})


def is_missing(browser: Browser) -> bool:
    """Whether the account is not made as there is more to fill in."""
    status, body = browser.identify()
    if status == 201:
        return False
    assert (status, body["code"]) == (422, "user.missing_profile")
    assert body["data"] == {"missingProfile": ["extraProfile"]}
    return True


def issues(answer: Any) -> dict[str, str]:
    """The refused places with their reasons."""
    status, body = answer
    assert (status, body["code"]) == (422, "custom_profile_fields.invalid_value")
    assert all(issue["message"] for issue in body["data"]["issues"])
    return {issue["path"].removeprefix("values."): issue["code"] for issue in body["data"]["issues"]}


def test_everything_is_written_to_its_place(carol: Browser) -> None:
    fields(
        {"name": "name"},
        {"name": "avatar", "type": "Url"},
        {"name": "nickname"},
        {"name": "birthdate", "type": "Date", "config": {"format": "dd/MM/yyyy"}},
        full_name(part("givenName"), part("familyName")),
        address(part("locality"), part("country")),
        address(part("locality"), name="delivery"),
        {"name": "age", "type": "Number"},
        {"name": "news", "type": "Checkbox", "config": {"defaultValue": "true"}},
        {"name": "since", "type": "Date", "config": {"format": "dd/MM/yyyy"}},
        {"name": "size", "type": "Select", "config": {"options": [{"value": "s"}, {"value": "l"}]}},
        {"name": "plate", "type": "Regex", "config": {"format": "^[A-Z]+-\\d+$"}},
    )
    assert is_missing(carol)
    values = {
        "name": "Carol",
        "avatar": "https://carol.example/me.png",
        "nickname": "Caz",
        "birthdate": "29/02/2000",
        "givenName": "Carol",
        "familyName": "Lin",
        "address": {"locality": "Oslo", "country": "Norway"},
        "delivery": {"locality": "Bergen"},
        "age": "42",
        "news": "false",
        "since": "31/12/2019",
        "size": "l",
        "plate": "AB-12",
    }
    assert fill_in(carol, **values) == (204, None)
    staged = carol.get("/interaction")[1]["profile"]
    assert (staged["name"], staged["submitted"], staged["customData"]["age"]) == ("Carol", True, 42)
    assert not is_missing(carol)
    assert "code=" in carol.finish(carol.submit())

    user = User.objects.get()
    assert (user.name, user.avatar) == ("Carol", "https://carol.example/me.png")
    assert user.profile == {
        "nickname": "Caz",
        "birthdate": "2000-02-29",
        "givenName": "Carol",
        "familyName": "Lin",
        "address": {"locality": "Oslo", "country": "Norway"},
    }
    assert user.custom_data == {
        "delivery": {"locality": "Bergen"},
        "age": 42,
        "news": False,
        "since": "31/12/2019",
        "size": "l",
        "plate": "AB-12",
    }


def test_who_was_asked_may_leave_out_what_is_not_required(carol: Browser) -> None:
    fields({"name": "company"}, {"name": "team", "required": True})
    assert is_missing(carol)
    assert fill_in(carol) == (204, None)
    assert is_missing(carol)
    assert fill_in(carol, team="Blue", company="") == (204, None)
    assert not is_missing(carol)
    assert carol.submit()[0] == 200
    assert User.objects.get().custom_data == {"team": "Blue"}


def test_answers_may_be_changed_and_taken_back(carol: Browser) -> None:
    fields({"name": "company"}, address(part("locality"), part("country")))
    fill_in(carol, company="Acme", address={"locality": "Oslo", "country": "Norway"})
    fill_in(carol, company=None, address={"locality": "Bergen", "country": ""})
    assert not is_missing(carol)
    user = User.objects.get()
    assert (user.custom_data, user.profile) == ({}, {"address": {"locality": "Bergen"}})


def test_what_is_collected_only_elsewhere_is_not_asked_for(carol: Browser, settings_of: Change) -> None:
    fields({"name": "company", "required": True}, {"name": "plan"})
    settings_of(signUpProfileFields=[])
    answer = fill_in(carol, plan="gold")
    assert code_of(answer) == (400, "custom_profile_fields.entity_not_exists_with_names")
    assert answer[1]["data"] == {"names": ["plan"]}
    assert not is_missing(carol)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"username": "mallory"}, "custom_profile_fields.name_conflict_sign_in_identifier"),
        ({"primaryEmail": "m@example.com"}, "custom_profile_fields.name_conflict_sign_in_identifier"),
        ({"preferredUsername": "m"}, "custom_profile_fields.name_conflict_built_in_prop"),
        ({"guideRequests": "m"}, "custom_profile_fields.name_conflict_custom_data"),
        ({"isAdmin": True}, "custom_profile_fields.entity_not_exists_with_names"),
        ({"address": {"planet": "Mars"}}, "custom_profile_fields.entity_not_exists_with_names"),
        ({"fullname": "Mallory"}, "custom_profile_fields.entity_not_exists_with_names"),
        ({"middleName": "M"}, "custom_profile_fields.entity_not_exists_with_names"),
        ({"is-admin": True}, "guard.invalid_input"),
        ({"x" * 129: True}, "guard.invalid_input"),
        ({f"x{number}": 1 for number in range(257)}, "guard.invalid_input"),
        ("text", "guard.invalid_input"),
        (None, "guard.invalid_input"),
    ],
)
def test_strangers_write_nothing_but_what_is_asked(carol: Browser, values: Any, code: str) -> None:
    fields(full_name(part("givenName"), part("middleName", enabled=False)), address(part("locality")))
    answer = carol.post("/profile", {"type": "extraProfile", "values": values})
    assert code_of(answer) == (400, code)
    assert "submitted" not in carol.get("/interaction")[1]["profile"]


@pytest.mark.parametrize(
    ("row", "value", "code"),
    [
        ({"config": {"minLength": 3}}, "ab", "too_short"),
        ({"config": {"maxLength": 3}}, "abcd", "too_long"),
        ({}, "x" * 2049, "too_long"),
        ({}, 1, "invalid_text"),
        ({}, {"a": 1}, "invalid_text"),
        ({"type": "Number"}, "4x", "invalid_number"),
        ({"type": "Number"}, True, "invalid_number"),
        ({"type": "Number"}, 1e300, "invalid_number"),
        ({"type": "Number"}, "9" * 400, "invalid_number"),
        ({"type": "Number", "config": {"minValue": 18}}, 17, "too_small"),
        ({"type": "Number", "config": {"maxValue": 18}}, "18.5", "too_large"),
        ({"type": "Date"}, "2023-02-29", "invalid_date"),
        ({"type": "Date"}, "0000-01-01", "invalid_date"),
        ({"type": "Date"}, "2023-2-9", "invalid_date"),
        ({"type": "Date", "config": {"format": "MM/dd/yyyy"}}, "31/12/2020", "invalid_date"),
        ({"type": "Date", "config": {"format": "MM/dd/yyyy"}}, 20201231, "invalid_date"),
        ({"type": "Checkbox", "config": {"defaultValue": "false"}}, "yes", "invalid_option"),
        ({"type": "Select", "config": {"options": [{"value": "a"}]}}, "b", "invalid_option"),
        ({"type": "Select", "config": {"options": [{"value": "a"}]}}, ["a"], "invalid_option"),
        ({"type": "Select", "config": {"options": [{"value": "a"}]}}, " ", "invalid_option"),
        ({"type": "Url"}, "javascript:alert(1)", "invalid_url"),
        ({"type": "Url"}, "example.com", "invalid_url"),
        ({"type": "Regex", "config": {"format": "^\\d+$"}}, "12\n", "invalid_format"),
        ({"type": "Regex", "config": {"format": "^(a+)+$"}}, "a" * 2000 + "!", "invalid_format"),
        ({"name": "website"}, "javascript:alert(1)", "invalid_url"),
        ({"name": "avatar"}, "data:image/png;base64,AAAA", "invalid_url"),
        ({"name": "name"}, "x" * 129, "too_long"),
        (address(part("locality")), "Oslo", "invalid_text"),
    ],
)
def test_a_value_has_to_fit_its_field(carol: Browser, row: Row, value: Any, code: str) -> None:
    row = {"name": "thing", **row}
    fields(row)
    assert issues(fill_in(carol, **{row["name"]: value})) == {row["name"]: code}
    assert carol.get("/interaction")[1]["profile"].get("customData") is None


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_what_no_database_stores_is_refused_with_the_body(carol: Browser, value: str) -> None:
    fields({"name": "thing"})
    status, body = fill_in(carol, thing=value)
    assert (status, body["code"]) == (400, "guard.invalid_input")


@pytest.mark.parametrize(
    ("row", "given", "kept"),
    [
        ({"type": "Number"}, "-3.50", -3.5),
        ({"type": "Number"}, 3.0, 3),
        ({"type": "Date", "config": {"format": "custom", "customFormat": "d.M.yyyy"}}, "9.3.2020", "9.3.2020"),
        ({"type": "Date", "config": {"format": "custom", "customFormat": "MM/yyyy"}}, "02/2030", "02/2030"),
        ({"type": "Checkbox", "config": {"defaultValue": "false"}}, True, True),
        ({"type": "Regex", "config": {"format": "b"}}, "abc", "abc"),
    ],
)
def test_what_fits_is_kept(carol: Browser, row: Row, given: Any, kept: Any) -> None:
    fields({"name": "thing", **row})
    assert fill_in(carol, thing=given) == (204, None)
    assert not is_missing(carol)
    assert User.objects.get().custom_data == {"thing": kept}


def test_every_refused_place_is_named(carol: Browser) -> None:
    fields({"name": "age", "type": "Number"}, address(part("locality", config={"maxLength": 2}), part("country")))
    values = {"age": "old", "address": {"locality": "Oslo", "country": "Norway"}}
    assert issues(fill_in(carol, **values)) == {"age": "invalid_number", "address.locality": "too_long"}


def test_parts_say_which_of_them_are_required(carol: Browser) -> None:
    fields(full_name(part("givenName", required=True), part("familyName"), required=True))
    fill_in(carol, familyName="Lin")
    assert is_missing(carol)
    fill_in(carol, givenName="Carol")
    assert not is_missing(carol)


def test_a_required_field_whose_parts_say_nothing_needs_all_of_them(carol: Browser) -> None:
    fields(address(part("locality"), part("country"), required=True))
    fill_in(carol, address={"locality": "Oslo"})
    assert is_missing(carol)
    fill_in(carol, address={"country": "Norway"})
    assert not is_missing(carol)


def test_somebody_who_signs_in_is_not_asked(browser: Browser, alice: User) -> None:
    fields({"name": "company", "required": True})
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    assert browser.submit()[0] == 200


def test_an_account_is_completed_and_nothing_in_it_replaced(browser: Browser, alice: User) -> None:
    fields({"name": "company"}, {"name": "plan"}, address(part("locality"), part("country")))
    update_user(alice, custom_data={"plan": "free"}, profile={"address": {"locality": "Oslo"}}, actor=SYSTEM)
    browser.start()
    assert code_of(fill_in(browser, company="Acme")) == (404, "session.identifier_not_found")
    browser.identify(browser.give_password("username", "alice"))
    assert code_of(fill_in(browser, plan="gold")) == (422, "custom_profile_fields.exists_in_profile")
    answer = fill_in(browser, address={"locality": "Bergen"})
    assert code_of(answer) == (422, "custom_profile_fields.exists_in_profile")
    assert fill_in(browser, plan="free", company="Acme", address={"country": "Norway"}) == (204, None)
    assert browser.submit()[0] == 200
    alice.refresh_from_db()
    assert alice.custom_data == {"plan": "free", "company": "Acme"}
    assert alice.profile == {"address": {"locality": "Oslo", "country": "Norway"}}


def test_a_forgotten_password_is_no_occasion(browser: Browser, every_method: None) -> None:
    browser.start("ForgotPassword")
    assert code_of(fill_in(browser)) == (400, "session.not_supported_for_forgot_password")


def test_another_event_forgets_the_answers_but_not_that_they_were_asked_for(carol: Browser) -> None:
    fields({"name": "company"})
    fill_in(carol, company="Acme")
    assert carol.put("/interaction-event", {"interactionEvent": "SignIn"}) == (204, None)
    assert carol.get("/interaction")[1]["profile"] == {"submitted": True}


def test_nobody_else_learns_what_was_filled_in(carol: Browser, other_browser: Browser, tenant: Tenant) -> None:
    fields({"name": "company"})
    fill_in(carol, company="Acme")
    other_browser.start("Register")
    assert other_browser.get("/interaction")[1]["profile"] == {}


def test_spaces_are_no_answer(carol: Browser) -> None:
    """The pages strip them; a client of the API could get past a required field with one."""
    fields({"name": "company", "required": True})
    assert fill_in(carol, company="   ") == (204, None)
    assert is_missing(carol)


def test_what_one_of_two_fields_requires_is_required(carol: Browser) -> None:
    """The catalog may ask for a first name within the full name and beside it; they did not agree on the answer."""
    fields(full_name(part("givenName")), {"name": "givenName", "required": True})
    assert fill_in(carol, givenName="") == (204, None)
    assert is_missing(carol)
    fill_in(carol, givenName="Carol")
    assert not is_missing(carol)
    assert User.objects.get().profile == {"givenName": "Carol"}


@pytest.mark.parametrize(
    ("form", "given", "kept"),
    [
        ("dd.MM.", "24.12.", "0000-12-24"),
        ("dd.MM.", "29.02.", "0000-02-29"),
        ("d/M", "3/9", "0000-09-03"),
        ("yyyy", "1990", "1990"),
        ("yyyy-dd-MM", "1990-01-02", "1990-02-01"),
    ],
)
def test_a_birthdate_says_no_more_than_the_user(carol: Browser, form: str, given: str, kept: str) -> None:
    """One without a year was kept in the year 4, and a year alone as its first of January: applications showed that."""
    row = {"name": "birthdate", "type": "Date", "config": {"format": "custom", "customFormat": form}}
    fields(row, {"name": "company", "required": True})
    assert fill_in(carol, birthdate=given) == (204, None)
    assert carol.get("/interaction")[1]["profile"]["profile"] == {"birthdate": kept}
    assert fill_in(carol, birthdate=given, company="Acme") == (204, None)
    assert not is_missing(carol)
    assert User.objects.get().profile == {"birthdate": kept}


@pytest.mark.parametrize("value", ["0000", "30.02.", "0000-12-24", "0004-12-24"])
def test_a_birthdate_is_given_in_its_fields_form(carol: Browser, value: str) -> None:
    form = "yyyy" if value.isdigit() else "dd.MM."
    fields({"name": "birthdate", "type": "Date", "config": {"format": "custom", "customFormat": form}})
    assert issues(fill_in(carol, birthdate=value)) == {"birthdate": "invalid_date"}
