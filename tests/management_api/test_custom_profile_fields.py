"""`/api/custom-profile-fields`."""

from json import dumps
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from events.models import AuditLog
from experience.services.settings import get_sign_in_experience, update_sign_in_experience

PATH = "/api/custom-profile-fields"
Row = dict[str, Any]


def call(api: Client, method: str, path: str, body: Any = None) -> Any:
    data = b"" if body is None else dumps(body).encode()
    return api.generic(method, path, data=data, content_type="application/json")


def text(name: str, **more: Any) -> Row:
    return {"name": name, "type": "Text", "required": False, **more}


def part(name: str, **more: Any) -> Row:
    return {"name": name, "type": "Text", "enabled": True, "required": False, **more}


def make(api: Client, row: Row) -> Row:
    answer = call(api, "POST", PATH, row)
    assert answer.status_code == 201, answer.content
    made: Row = answer.json()
    return made


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def names(api: Client) -> list[str]:
    return [row["name"] for row in call(api, "GET", PATH).json()]


EVERY_TYPE: list[Row] = [
    text("company", label="Company", description="Where you work", config={"minLength": 1, "maxLength": 40}),
    {"name": "age", "type": "Number", "required": True, "config": {"minValue": 18, "maxValue": 120}},
    {"name": "birthdate", "type": "Date", "required": False, "config": {"format": "dd/MM/yyyy"}},
    {"name": "day", "type": "Date", "required": False, "config": {"format": "custom", "customFormat": "d.M.yyyy"}},
    {"name": "news", "type": "Checkbox", "required": False, "config": {"defaultValue": "true"}},
    {
        "name": "size",
        "type": "Select",
        "required": True,
        "config": {"placeholder": "Size", "options": [{"value": "s", "label": "Small"}, {"value": "l"}]},
    },
    {"name": "website", "type": "Url", "required": False, "config": {"placeholder": "https://"}},
    {"name": "plate", "type": "Regex", "required": False, "config": {"format": "^[A-Z]{1,3}-\\d+$"}},
    {
        "name": "address",
        "type": "Address",
        "required": True,
        "config": {"parts": [part("locality", required=True, config={"maxLength": 9}), part("country")]},
    },
    {
        "name": "fullname",
        "type": "Fullname",
        "required": True,
        "config": {"parts": [part("givenName", label="First name"), part("familyName")]},
    },
]


@pytest.mark.parametrize("row", EVERY_TYPE, ids=lambda row: row["name"])
def test_every_type_is_made_and_read_back(api: Client, row: Row) -> None:
    made = make(api, {**row, "unknown": 1, "config": {**row["config"], "unknown": 1}})
    assert set(made) == {
        "tenantId", "id", "name", "type", "label", "description", "required", "config", "createdAt", "sieOrder",
    }  # fmt: skip
    assert (made["tenantId"], len(made["id"]), made["sieOrder"]) == ("default", 21, 1)
    assert (made["label"], made["description"]) == (row.get("label", ""), row.get("description"))
    if "parts" not in row["config"]:
        assert made["config"] == row["config"]
    assert call(api, "GET", f"{PATH}/{row['name']}").json() == made
    assert call(api, "GET", PATH).json() == [made]


@pytest.mark.parametrize(
    ("row", "status", "code"),
    [
        ({}, 400, "guard.invalid_input"),
        ({"name": "x"}, 400, "guard.invalid_input"),
        ({"name": "x", "type": "Color", "required": False}, 400, "guard.invalid_input"),
        ({"name": "x", "type": ["Text"], "required": False}, 400, "guard.invalid_input"),
        ({"name": "x", "type": "Text"}, 400, "guard.invalid_input"),
        (text("x", label=""), 400, "guard.invalid_input"),
        (text("x", config={"minLength": -1}), 400, "guard.invalid_input"),
        (text("x", config={"maxLength": 2049}), 400, "guard.invalid_input"),
        (text("x", label="l" * 129), 422, "entity.value_too_long"),
        (text("x", description="l" * 257), 422, "entity.value_too_long"),
        (text("x" * 129), 422, "entity.value_too_long"),
        (text(""), 400, "custom_profile_fields.invalid_name"),
        (text("first-name"), 400, "custom_profile_fields.invalid_name"),
        (text("größe"), 400, "custom_profile_fields.invalid_name"),
        (text("x\n"), 400, "custom_profile_fields.invalid_name"),
        (text("address"), 400, "custom_profile_fields.invalid_name"),
        (text("fullname"), 400, "custom_profile_fields.invalid_name"),
        (text("primaryEmail"), 400, "custom_profile_fields.name_conflict_sign_in_identifier"),
        (text("username"), 400, "custom_profile_fields.name_conflict_sign_in_identifier"),
        (text("preferredUsername"), 400, "custom_profile_fields.name_conflict_built_in_prop"),
        (text("guideRequests"), 400, "custom_profile_fields.name_conflict_custom_data"),
        (text("x", config={"minLength": 3, "maxLength": 2}), 400, "custom_profile_fields.invalid_min_max_input"),
        (
            {"name": "x", "type": "Number", "required": False, "config": {"minValue": 3, "maxValue": 2}},
            400,
            "custom_profile_fields.invalid_min_max_input",
        ),
        ({"name": "x", "type": "Checkbox", "required": False}, 400, "custom_profile_fields.invalid_default_value"),
        (
            {"name": "x", "type": "Checkbox", "required": True, "config": {"defaultValue": "true"}},
            400,
            "guard.invalid_input",
        ),
        (
            {"name": "x", "type": "Checkbox", "required": False, "config": {"defaultValue": "maybe"}},
            400,
            "guard.invalid_input",
        ),
        ({"name": "x", "type": "Select", "required": False}, 400, "guard.invalid_input"),
        (
            {"name": "x", "type": "Select", "required": False, "config": {"options": []}},
            400,
            "custom_profile_fields.invalid_options",
        ),
        (
            {"name": "x", "type": "Select", "required": False, "config": {"options": [{"value": "a"}] * 2}},
            400,
            "custom_profile_fields.invalid_options",
        ),
        (
            {"name": "x", "type": "Select", "required": False, "config": {"options": [{"value": " "}, {"value": "a"}]}},
            400,
            "custom_profile_fields.invalid_options",
        ),
        ({"name": "x", "type": "Date", "required": False, "config": {"format": "yy"}}, 400, "guard.invalid_input"),
        ({"name": "x", "type": "Date", "required": False, "config": {"format": "custom"}}, 400, "guard.invalid_input"),
        (
            {
                "name": "x",
                "type": "Date",
                "required": False,
                "config": {"format": "custom", "customFormat": "MMM yyyy"},
            },
            400,
            "guard.invalid_input",
        ),
        (
            {"name": "address", "type": "Address", "required": False, "config": {"parts": []}},
            400,
            "custom_profile_fields.invalid_address_components",
        ),
        (
            {"name": "address", "type": "Address", "required": False, "config": {"parts": [part("country")] * 2}},
            400,
            "custom_profile_fields.invalid_address_components",
        ),
        (
            {"name": "address", "type": "Address", "required": False, "config": {"parts": [part("planet")]}},
            400,
            "guard.invalid_input",
        ),
        (
            {"name": "fullname", "type": "Fullname", "required": False, "config": {"parts": []}},
            400,
            "custom_profile_fields.invalid_fullname_components",
        ),
        (
            {
                "name": "fullname",
                "type": "Fullname",
                "required": False,
                "config": {"parts": [part("givenName", type="Fullname")]},
            },
            400,
            "custom_profile_fields.invalid_sub_component_type",
        ),
        (
            {
                "name": "fullname",
                "type": "Fullname",
                "required": False,
                "config": {"parts": [part("givenName", type="Select", config={"options": []})]},
            },
            400,
            "custom_profile_fields.invalid_options",
        ),
        (
            {
                "name": "fullname",
                "type": "Fullname",
                "required": False,
                "config": {"parts": [part("givenName", type="Regex", config={})]},
            },
            400,
            "guard.invalid_input",
        ),
        (
            {"name": "nick", "type": "Fullname", "required": False, "config": {"parts": [part("givenName")]}},
            400,
            "custom_profile_fields.invalid_name",
        ),
    ],
)
def test_what_is_no_field_is_refused(api: Client, row: Row, status: int, code: str) -> None:
    assert code_of(call(api, "POST", PATH, row)) == (status, code)
    assert names(api) == []


@pytest.mark.parametrize("pattern", ["[", "(?=a)b", r"(a)\1", "(" * 120, "((a{900}){900}){900}"])
def test_patterns_that_could_not_be_matched_in_linear_time_are_refused(api: Client, pattern: str) -> None:
    row = {"name": "plate", "type": "Regex", "required": False, "config": {"format": pattern}}
    assert code_of(call(api, "POST", PATH, row)) == (400, "custom_profile_fields.invalid_regex_format")


def test_a_name_is_there_once(api: Client) -> None:
    make(api, text("company"))
    assert code_of(call(api, "POST", PATH, text("company"))) == (422, "custom_profile_fields.name_exists")
    make(api, text("Company"))


def test_a_batch_is_made_whole_or_not_at_all(api: Client) -> None:
    answer = call(api, "POST", f"{PATH}/batch", EVERY_TYPE)
    assert answer.status_code == 201
    assert [row["name"] for row in answer.json()] == [row["name"] for row in EVERY_TYPE]
    assert [row["sieOrder"] for row in answer.json()] == list(range(1, len(EVERY_TYPE) + 1))

    bad = [text("one"), text("company")]
    assert code_of(call(api, "POST", f"{PATH}/batch", bad)) == (422, "custom_profile_fields.name_exists")
    bad = [text("one"), text("email")]
    assert call(api, "POST", f"{PATH}/batch", bad).status_code == 400
    assert "one" not in names(api)


@pytest.mark.parametrize("body", [{}, "x", [1], [{}], [text(f"f{number}") for number in range(21)]])
def test_what_is_no_batch_is_refused(api: Client, body: Any) -> None:
    assert code_of(call(api, "POST", f"{PATH}/batch", body)) == (400, "guard.invalid_input")


def test_a_catalog_has_an_end(api: Client) -> None:
    for start in range(0, 100, 20):
        body = [text(f"f{number}") for number in range(start, start + 20)]
        assert call(api, "POST", f"{PATH}/batch", body).status_code == 201
    assert code_of(call(api, "POST", PATH, text("one"))) == (400, "request.invalid_input")


def test_a_field_may_be_called_as_an_address_of_the_api(api: Client) -> None:
    made = make(api, text("batch"))
    assert call(api, "GET", f"{PATH}/batch").json() == made
    assert call(api, "DELETE", f"{PATH}/batch").status_code == 204


def test_change(api: Client) -> None:
    made = make(api, text("company", label="Company", description="Work", config={"maxLength": 10}))
    answer = call(api, "PUT", f"{PATH}/company", {"type": "Text", "required": True, "label": "Employer"})
    assert answer.status_code == 200
    assert answer.json() == {**made, "label": "Employer", "required": True}

    body = {"type": "Number", "required": False, "name": "other"}
    changed = call(api, "PUT", f"{PATH}/company", body).json()
    assert (changed["name"], changed["type"], changed["config"]) == ("company", "Number", {})

    answer = call(api, "PUT", f"{PATH}/company", {"type": "Fullname", "required": False, "config": {"parts": []}})
    assert answer.status_code == 400
    assert call(api, "GET", f"{PATH}/company").json() == changed


def test_unknown_names(api: Client) -> None:
    assert code_of(call(api, "GET", f"{PATH}/company")) == (404, "entity.not_found")
    assert code_of(call(api, "DELETE", f"{PATH}/company")) == (404, "entity.not_found")
    answer = call(api, "PUT", f"{PATH}/company", {"type": "Text", "required": True})
    assert code_of(answer) == (404, "entity.not_exists")


def test_deletion_ends_being_asked_for(api: Client) -> None:
    for name in ("company", "team"):
        make(api, text(name))
    update_sign_in_experience({"signUpProfileFields": [{"name": "team"}, {"name": "company"}]}, actor=SYSTEM)
    assert call(api, "DELETE", f"{PATH}/team").status_code == 204
    assert get_sign_in_experience().wire["signUpProfileFields"] == [{"name": "company"}]
    assert names(api) == ["company"]
    keys = list(AuditLog.objects.order_by("created_at", "id").values_list("key", flat=True))
    assert keys[-2:] == ["CustomProfileField.Deleted", "SignInExperience.Updated"]


def test_order(api: Client) -> None:
    for name in ("one", "two", "three"):
        make(api, text(name))
    order = [{"name": "three", "sieOrder": 0}, {"name": "one", "sieOrder": 7}]
    answer = call(api, "POST", f"{PATH}/properties/sie-order", {"order": order})
    assert answer.status_code == 200
    assert [row["name"] for row in answer.json()] == names(api) == ["three", "two", "one"]
    assert make(api, text("four"))["sieOrder"] == 8


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (None, "guard.invalid_input"),
        ([{"name": "one"}], "guard.invalid_input"),
        ([{"name": "one", "sieOrder": -1}], "guard.invalid_input"),
        ([{"name": "one", "sieOrder": 40_000}], "guard.invalid_input"),
        ([{"name": "nine", "sieOrder": 1}], "custom_profile_fields.entity_not_exists_with_names"),
        (
            [{"name": "one", "sieOrder": 1}, {"name": "two", "sieOrder": 1}],
            "custom_profile_fields.conflicted_sie_order",
        ),
        (
            [{"name": "one", "sieOrder": 1}, {"name": "one", "sieOrder": 2}],
            "custom_profile_fields.conflicted_sie_order",
        ),
    ],
)
def test_what_is_no_order_is_refused(api: Client, order: Any, code: str) -> None:
    for name in ("one", "two"):
        make(api, text(name))
    assert code_of(call(api, "POST", f"{PATH}/properties/sie-order", {"order": order})) == (400, code)
    assert names(api) == ["one", "two"]


def test_sign_up_asks_for_known_fields_once(api: Client) -> None:
    for name in ("one", "two"):
        make(api, text(name))
    chosen = [{"name": "two"}, {"name": "nine"}, {"name": "one"}]
    answer = call(api, "PATCH", "/api/sign-in-exp", {"signUpProfileFields": chosen})
    assert answer.json()["signUpProfileFields"] == [{"name": "two"}, {"name": "one"}]
    answer = call(api, "PATCH", "/api/sign-in-exp", {"signUpProfileFields": [{"name": "one"}] * 2})
    assert code_of(answer) == (400, "request.invalid_input")
    wrong: Any
    for wrong in ([{}], [{"name": ""}], "one", [1]):
        answer = call(api, "PATCH", "/api/sign-in-exp", {"signUpProfileFields": wrong})
        assert code_of(answer) == (400, "guard.invalid_input")


def test_the_public_settings_have_both_lists(api: Client) -> None:
    rows = [make(api, text(name)) for name in ("one", "two")]
    shown = api.get("/api/.well-known/sign-in-exp").json()
    # A new tenant asks for everything that it collects.
    assert get_sign_in_experience().wire["signUpProfileFields"] is None
    assert shown["customProfileFields"] == shown["customProfileFieldCatalog"] == rows
    call(api, "PATCH", "/api/sign-in-exp", {"signUpProfileFields": [{"name": "two"}]})
    shown = api.get("/api/.well-known/sign-in-exp").json()
    assert (shown["customProfileFields"], shown["customProfileFieldCatalog"]) == ([rows[1]], rows)


def test_tenants_are_apart(api: Client, acme_api: Client) -> None:
    make(acme_api, text("one"))
    assert names(api) == []
    assert code_of(call(api, "GET", f"{PATH}/one")) == (404, "entity.not_found")
    assert api.get("/api/.well-known/sign-in-exp").json()["customProfileFieldCatalog"] == []


def test_a_token_is_needed(client: Client, tenant: Any) -> None:
    for method, path in (("GET", PATH), ("POST", PATH), ("POST", f"{PATH}/batch"), ("DELETE", f"{PATH}/one")):
        assert call(client, method, path, {}).status_code == 401
