"""Bodies and parameters that are made to fail."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.management_api.conftest import api_client, make_backend

pytestmark = pytest.mark.django_db


def nested(depth: int) -> Any:
    return json.loads('{"a":' * depth + "1" + "}" * depth)


@pytest.fixture
def management(tenant: Any) -> Client:
    return api_client(make_backend())


@pytest.mark.parametrize("depth", [100, 300, 450, 600, 900])
@pytest.mark.parametrize("path", ["/api/applications", "/api/users", "/api/organizations"])
def test_nesting_that_exhausts_the_stack_is_refused(management: Client, path: str, depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    body = f'{{"name": "Deep", "type": "SPA", "customData": {deep}}}'
    answer = management.post(path, body, content_type="application/json")
    assert answer.status_code in (200, 201, 400), answer.content[:200]
    if answer.status_code < 300:
        assert management.get(f"{path}/{answer.json()['id']}").status_code == 200
    assert management.get(path).status_code == 200
