"""Every bounded member of an application's metadata, at its edges: the Management API and the console answer alike."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from applications.metadata_shape import CUSTOM_CLIENT_METADATA, OIDC_CLIENT_METADATA
from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.shapes import Choice, Flag, Integer, Shape
from console.admin.application_forms import CUSTOM_FIELDS
from tenants.context import enter_tenant
from tests.edges import edges
from tests.management_api.conftest import api_client, make_backend

JSON = "application/json"
NO_SECRETS = {"secrets-TOTAL_FORMS": "0", "secrets-INITIAL_FORMS": "0"}
# The edges of keys, URIs and profiles are rules, which have tests of their own.
NUMBERS = [
    pytest.param(field, name, value, good, id=f"{name}-{value}")
    for field, name in CUSTOM_FIELDS.items()
    if isinstance(CUSTOM_CLIENT_METADATA.at(name), Integer)
    for value, good in edges(CUSTOM_CLIENT_METADATA.at(name))
]
UNFIT: dict[type[Shape], Any] = {Flag: "true", Integer: "5", Choice: "nonsense"}
UNFIT_MEMBERS = [
    pytest.param("customClientMetadata", name, UNFIT.get(type(shape), 5), id=name)
    for name, shape in CUSTOM_CLIENT_METADATA.members.items()
] + [
    pytest.param("oidcClientMetadata", name, UNFIT.get(type(shape), 5), id=name)
    for name, shape in OIDC_CLIENT_METADATA.members.items()
]


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Iterator[None]:
    with enter_tenant("default"):
        yield


@pytest.fixture
def application(_inside_default: None) -> Application:
    return create_application(name="Shop", type="Traditional", actor=SYSTEM)


@pytest.mark.parametrize(("field", "name", "value", "good"), NUMBERS)
def test_both_doors_give_the_same_answer(
    console: Client, application: Application, field: str, name: str, value: int, good: bool
) -> None:
    api = api_client(make_backend())
    path = f"/api/applications/{application.id}"
    answer = api.patch(path, {"customClientMetadata": {name: value}}, content_type=JSON)
    assert answer.status_code == (200 if good else 400)
    if not good:
        assert [issue["path"] for issue in answer.json()["data"]["issues"]] == [f"customClientMetadata.{name}"]
    api.patch(path, {"customClientMetadata": {}}, content_type=JSON)
    page = f"/console/default/applications/application/{application.id}/change/"
    form = console.get(page).context["adminform"].form
    given = {shown: form[shown].value() for shown in form.fields} | {field: value, **NO_SECRETS}
    answer = console.post(
        page, {shown: value for shown, value in given.items() if value is not None and value is not False}
    )
    assert answer.status_code == (302 if good else 200)
    stored = Application.objects.get(id=application.id).custom_client_metadata
    assert stored.get(name) == (value if good else None)


@pytest.mark.parametrize(("part", "name", "value"), UNFIT_MEMBERS)
def test_a_member_of_another_type_is_named(application: Application, part: str, name: str, value: Any) -> None:
    whole: dict[str, Any] = {"redirectUris": [], "postLogoutRedirectUris": []} if part == "oidcClientMetadata" else {}
    answer = api_client(make_backend()).patch(
        f"/api/applications/{application.id}", {part: {**whole, name: value}}, content_type=JSON
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
    assert answer.json()["data"]["issues"][0]["path"] == f"{part}.{name}"
