"""`/api/configs/oidc/private-keys`."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from tests.management_api.conftest import api_client

pytestmark = pytest.mark.django_db

KEYS = "/api/configs/oidc/private-keys"
JSON = "application/json"


def rotate(api: Client, **body: Any) -> Any:
    return api.post(f"{KEYS}/rotate", body, content_type=JSON)


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def statuses(api: Client) -> list[str]:
    """Of the default's type; the other type's one key comes last."""
    *found, other = api.get(KEYS).json()
    assert (other["signingKeyAlgorithm"], other["status"]) == ("RSA", "Current")
    return [key["status"] for key in found]


def test_a_key_is_shown_without_its_value(api: Client) -> None:
    key, other = api.get(KEYS).json()
    assert (other["status"], other["signingKeyAlgorithm"]) == ("Current", "RSA")
    assert set(key) == {"id", "createdAt", "signingKeyAlgorithm", "status"}
    assert (key["status"], key["signingKeyAlgorithm"]) == ("Current", "EC")


def test_without_grace_the_new_key_signs_at_once(api: Client) -> None:
    old = api.get(KEYS).json()[0]["id"]
    current, previous, _other = rotate(api).json()
    assert (current["status"], previous["status"], previous["id"]) == ("Current", "Previous", old)
    assert current["id"] != old


def test_the_kind_of_key_is_chosen(api: Client) -> None:
    """The kind that is asked for signs by default from then on; the other has a current key of its own."""
    keys = [(key["signingKeyAlgorithm"], key["status"]) for key in rotate(api, signingKeyAlgorithm="RSA").json()]
    assert keys == [("RSA", "Current"), ("RSA", "Previous"), ("EC", "Current")]


def test_a_kind_is_rotated_without_becoming_the_default(api: Client) -> None:
    keys = rotate(api, signingKeyAlgorithm="RSA", isDefault=False).json()
    assert [(key["signingKeyAlgorithm"], key["status"]) for key in keys] == [
        ("EC", "Current"),
        ("RSA", "Current"),
        ("RSA", "Previous"),
    ]


def test_with_grace_it_is_staged_and_blocks_another_rotation(api: Client) -> None:
    assert [key["status"] for key in rotate(api, rotationGracePeriod=3600).json()] == ["Current", "Next", "Current"]
    assert error(rotate(api)) == (422, "oidc.invalid_request")
    assert error(rotate(api, rotationGracePeriod=3600)) == (422, "oidc.invalid_request")
    assert statuses(api) == ["Current", "Next"]


@pytest.mark.parametrize(
    "body", [{"rotationGracePeriod": -1}, {"rotationGracePeriod": "soon"}, {"signingKeyAlgorithm": "HS256"}]
)
def test_a_bad_rotation_changes_nothing(api: Client, body: dict[str, Any]) -> None:
    assert error(rotate(api, **body)) == (400, "guard.invalid_input")
    assert statuses(api) == ["Current"]


def test_only_the_previous_key_is_deleted(api: Client, backend: Application) -> None:
    rotate(api)
    current, staged, previous, _other = rotate(api, rotationGracePeriod=3600).json()
    for key in (current, staged):
        assert error(api.delete(f"{KEYS}/{key['id']}")) == (422, "oidc.only_previous_key_can_be_deleted")
    assert error(api.delete(f"{KEYS}/unknown")) == (404, "oidc.key_not_found")
    assert api.delete(f"{KEYS}/{previous['id']}").status_code == 204
    renewed = api_client(backend)
    assert error(renewed.delete(f"{KEYS}/{previous['id']}")) == (404, "oidc.key_not_found")
    assert statuses(renewed) == ["Current", "Next"]


def test_tokens_of_a_deleted_key_are_refused_at_once(api: Client) -> None:
    previous = rotate(api).json()[1]["id"]
    assert api.delete(f"{KEYS}/{previous}").status_code == 204
    assert error(api.get(KEYS)) == (401, "auth.unauthorized")


def test_the_last_key_of_a_type_stays(api: Client) -> None:
    for key in api.get(KEYS).json():
        assert error(api.delete(f"{KEYS}/{key['id']}")) == (422, "oidc.key_required")


def test_another_tenants_key_is_unknown(api: Client, acme_api: Client) -> None:
    rotate(acme_api)
    previous = acme_api.get(KEYS).json()[1]["id"]
    assert error(api.delete(f"{KEYS}/{previous}")) == (404, "oidc.key_not_found")
    assert statuses(acme_api) == ["Current", "Previous"]


def test_tenants_have_no_keys_for_cookies(api: Client) -> None:
    assert error(api.get("/api/configs/oidc/cookie-keys")) == (422, "request.feature_not_supported")
