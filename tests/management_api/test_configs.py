"""`/api/configs/organization-sign-in`."""

from typing import Any

import pytest
from django.test import Client

from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from tenants.services.settings import get_setting

pytestmark = pytest.mark.django_db

PATH = "/api/configs/organization-sign-in"


def test_it_is_off_until_it_is_switched_on(api: Client, acme_api: Client) -> None:
    assert api.get(PATH).json() == {"enabled": False}
    for enabled in (True, False):
        answer = api.patch(PATH, {"enabled": enabled}, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"enabled": enabled})
        assert api.get(PATH).json() == {"enabled": enabled}
        assert acme_api.get(PATH).json() == {"enabled": False}


@pytest.mark.parametrize("body", [{}, {"enabled": "true"}, {"enabled": None}, {"enabled": 1}])
def test_it_is_on_or_off(api: Client, body: dict[str, Any]) -> None:
    answer = api.patch(PATH, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
    assert get_setting(ORGANIZATION_SIGN_IN_SETTING) == {"enabled": False}
