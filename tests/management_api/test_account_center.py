"""`/api/account-center`: the whole row; nothing is answered 200 and dropped."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

JSON = "application/json"
PATH = "/api/account-center"
PUBLIC = "/api/.well-known/account-center"
DEFAULTS = {
    "tenantId": "default",
    "id": "default",
    "enabled": False,
    "fields": {},
    "webauthnRelatedOrigins": [],
    "deleteAccountUrl": None,
    "customCss": None,
    "profileFields": None,
}


def test_the_row_is_whole_before_anything_is_set(api: Client) -> None:
    assert api.get(PATH).json() == DEFAULTS == Client().get(PUBLIC).json()


def test_every_member_is_stored(api: Client) -> None:
    """`deleteAccountUrl`, `customCss` and `webauthnRelatedOrigins` were once answered 200 and dropped."""
    changes = {
        "enabled": True,
        "fields": {"name": "Edit", "email": "ReadOnly", "mfa": "Off"},
        "webauthnRelatedOrigins": ["https://example.com", "https://shop.example:8443", "https://example.com"],
        "deleteAccountUrl": "https://example.com/delete",
        "customCss": "body { color: #222 }",
        "profileFields": [],
    }
    row = {
        **DEFAULTS,
        **changes,
        "fields": {"name": "Edit", "email": "ReadOnly"},
        "webauthnRelatedOrigins": ["https://example.com", "https://shop.example:8443"],
    }
    answer = api.patch(PATH, changes, content_type=JSON)
    assert (answer.status_code, answer.json()) == (200, row)
    assert api.get(PATH).json() == row == Client().get(PUBLIC).json()
    origins = {"origins": ["https://example.com", "https://shop.example:8443"]}
    assert Client().get("/.well-known/webauthn").json() == origins
    cleared = api.patch(PATH, {"deleteAccountUrl": "", "customCss": None}, content_type=JSON).json()
    assert cleared == {**row, "deleteAccountUrl": None, "customCss": None}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"enabled": 1}, "enabled"),
        ({"fields": {"name": "Write"}}, "fields.name"),
        ({"fields": []}, "fields"),
        ({"webauthnRelatedOrigins": ["https://example.com/path"]}, "webauthnRelatedOrigins.0"),
        ({"webauthnRelatedOrigins": ["https://example.com", "javascript:alert(1)"]}, "webauthnRelatedOrigins.1"),
        ({"webauthnRelatedOrigins": ["HTTPS://EXAMPLE.COM"]}, "webauthnRelatedOrigins.0"),
        ({"deleteAccountUrl": "javascript:alert(1)"}, "deleteAccountUrl"),
        ({"deleteAccountUrl": "https://example.com/" + "a" * 2048}, "deleteAccountUrl"),
        ({"customCss": "a" * 100_001}, "customCss"),
        ({"profileFields": [{"name": ""}]}, "profileFields.0.name"),
    ],
)
def test_a_refused_member_is_named_and_nothing_changes(api: Client, changes: dict[str, Any], place: str) -> None:
    answer = api.patch(PATH, {"enabled": True, **changes}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
    assert [issue["path"] for issue in answer.json()["data"]["issues"]] == [place]
    assert api.get(PATH).json() == DEFAULTS


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"fields": {"mfa": "Edit"}}, "fields"), ({"profileFields": [{"name": "size"}]}, "profileFields")],
)
def test_what_the_account_center_does_not_have_is_refused(api: Client, changes: dict[str, Any], field: str) -> None:
    answer = api.patch(PATH, changes, content_type=JSON)
    assert (answer.json()["code"], answer.json()["data"]) == ("request.feature_not_supported", {"fields": [field]})
    assert api.get(PATH).json() == DEFAULTS
