"""`/api/configs/jwt-customizer`."""

from typing import Any

import pytest
from django.test import Client

from tenants.context import enter_tenant
from tenants.models import Tenant, TenantSetting
from tests.management_api.conftest import api_client, make_backend

pytestmark = pytest.mark.django_db

JSON = "application/json"
BASE = "/api/configs/jwt-customizer"
USER = f"{BASE}/access-token"
MACHINE = f"{BASE}/client-credentials"
SCRIPT = "const getCustomJwtClaims = async ({ token, context, environmentVariables, api }) => ({ plan: 'gold' });"
FULL: dict[str, Any] = {
    "script": SCRIPT,
    "environmentVariables": {"API_KEY": "a-very-secret-value"},
    "contextSample": {"user": {"id": "alice", "username": "alice"}, "interaction": {"interactionEvent": "SignIn"}},
    "tokenSample": {"kind": "AccessToken", "aud": ["https://api.example.com"], "clientId": "app"},
    "blockIssuanceOnError": True,
}


def put(api: Client, path: str = USER, **value: Any) -> Any:
    return api.put(path, value or {"script": SCRIPT}, content_type=JSON)


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_first_put_creates_and_the_next_replaces(api: Client) -> None:
    first = put(api, **FULL)
    assert (first.status_code, first.json()) == (201, FULL)
    second = put(api, script=SCRIPT)
    assert (second.status_code, second.json()) == (200, {"script": SCRIPT})
    assert api.get(USER).json() == {"script": SCRIPT}


def test_environment_variables_are_shown_again_and_sealed_at_rest(api: Client, tenant: Tenant) -> None:
    put(api, **FULL)
    assert api.get(USER).json() == FULL
    assert "a-very-secret-value" not in str(TenantSetting.objects.get(key="jwt.accessToken").value)


def test_the_list(api: Client) -> None:
    assert api.get(BASE).json() == []
    put(api, MACHINE)
    put(api, USER, **FULL)
    assert api.get(BASE).json() == [
        {"key": "jwt.accessToken", "value": FULL},
        {"key": "jwt.clientCredentials", "value": {"script": SCRIPT}},
    ]


def test_a_patch_changes_what_it_names(api: Client) -> None:
    put(api, **FULL)
    answer = api.patch(USER, {"blockIssuanceOnError": False}, content_type=JSON)
    assert (answer.status_code, answer.json()) == (200, {**FULL, "blockIssuanceOnError": False})
    answer = api.patch(USER, {"environmentVariables": {}}, content_type=JSON)
    assert answer.json()["environmentVariables"] == {}
    assert answer.json()["script"] == SCRIPT
    assert api.patch(USER, {}, content_type=JSON).json() == answer.json()


def test_delete(api: Client) -> None:
    put(api)
    assert api.delete(USER).status_code == 204
    assert refusal(api.delete(USER)) == (404, "entity.not_found")
    assert refusal(api.get(USER)) == (404, "entity.not_exists_with_id")
    assert put(api).status_code == 201


def test_what_is_not_there(api: Client) -> None:
    assert refusal(api.get(USER)) == (404, "entity.not_exists_with_id")
    assert refusal(api.patch(USER, {"script": ""}, content_type=JSON)) == (404, "entity.not_exists_with_id")


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_an_unknown_kind_of_token(api: Client, method: str) -> None:
    call = getattr(api, method)
    answer = call(f"{BASE}/id-token", {"script": SCRIPT}, content_type=JSON) if method != "get" else call(f"{BASE}/id")
    assert refusal(answer) == (400, "guard.invalid_input")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"script": 5},
        {"script": None},
        {"script": SCRIPT, "unknown": 1},
        {"script": SCRIPT, "blockIssuanceOnError": "true"},
        {"script": SCRIPT, "environmentVariables": {"A": 1}},
        {"script": SCRIPT, "environmentVariables": ["A"]},
        {"script": SCRIPT, "contextSample": {}},
        {"script": SCRIPT, "contextSample": {"user": "alice"}},
        {"script": SCRIPT, "tokenSample": {"kind": "ClientCredentials"}},
        {"script": SCRIPT, "tokenSample": {"iss": "https://evil.example"}},
        {"script": SCRIPT, "tokenSample": {"aud": 5}},
        {"script": "x" * 100_001},
        {"script": "\x00"},
        [],
        "text",
    ],
)
def test_what_a_body_must_be(api: Client, value: Any) -> None:
    assert refusal(api.put(USER, value, content_type=JSON)) == (400, "guard.invalid_input")
    assert api.get(BASE).json() == []


def test_a_machine_has_no_user(api: Client) -> None:
    token = {"kind": "ClientCredentials", "scope": "all"}
    assert put(api, MACHINE, script=SCRIPT, contextSample={"application": {}}, tokenSample=token).status_code == 201
    assert refusal(put(api, MACHINE, script=SCRIPT, tokenSample={"accountId": "a"})) == (400, "guard.invalid_input")


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_text_that_no_row_can_hold(api: Client, text: str) -> None:
    value: dict[str, Any] = {"script": SCRIPT, "contextSample": {"user": {"name": text}}}
    assert put(api, **value).status_code in (400, 422)
    assert api.get(BASE).json() == []


def test_tenant_admin_has_none(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("admin"):
        api = api_client(make_backend(), "admin")
    for path in (USER, MACHINE):
        assert refusal(put(api, path)) == (422, "jwt_customizer.can_not_create_for_admin_tenant")
    assert api.get(BASE).json() == []


def test_tenants_have_their_own(api: Client, acme_api: Client) -> None:
    put(api, **FULL)
    assert acme_api.get(BASE).json() == []
    assert acme_api.get(USER).status_code == 404
    assert acme_api.delete(USER).status_code == 404
    assert put(acme_api, script="mallory").status_code == 201
    assert api.get(USER).json() == FULL


def test_callers_without_a_token_are_refused(client: Client, tenant: Tenant) -> None:
    for method, path in (("get", BASE), ("get", USER), ("put", USER), ("patch", USER), ("delete", USER)):
        assert getattr(client, method)(path).status_code == 401
    assert client.post(f"{BASE}/test").status_code == 401


# --- Trying out ------------------------------------------------------------------------------------------------------
def trial(api: Client, body: str, *, kind: str = "access-token", **values: Any) -> Any:
    script = f"const getCustomJwtClaims = async ({{ token, context, environmentVariables, api }}) => {{ {body} }};"
    context = {"user": {"username": "alice"}} if kind == "access-token" else {}
    value = {"tokenType": kind, "script": script, "token": {"aud": "https://api.example.com"}, "context": context}
    return api.post(f"{BASE}/test", {**value, **values}, content_type=JSON)


def test_a_trial_answers_with_the_claims(api: Client) -> None:
    answer = trial(
        api,
        "return { name: context.user.username, key: environmentVariables.KEY, aud: token.aud };",
        environmentVariables={"KEY": "value"},
    )
    assert answer.status_code == 200
    assert answer.json() == {"name": "alice", "key": "value", "aud": "https://api.example.com"}
    assert api.get(BASE).json() == []


def test_a_trial_for_a_machine(api: Client) -> None:
    assert trial(api, "return { context };", kind="client-credentials").json() == {"context": {}}


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("throw new RangeError('of no use');", {"message": "of no use", "name": "RangeError"}),
        ("return 5;", {"message": "The script must return an object.", "name": "TypeError"}),
        ("return fetch('https://example.com');", {"message": "fetch is not defined", "name": "ReferenceError"}),
        ("}; }", {"message": "unexpected token in expression: '}'", "name": "SyntaxError"}),
    ],
)
def test_a_trial_that_fails(api: Client, body: str, data: dict[str, str]) -> None:
    answer = trial(api, body)
    assert refusal(answer) == (422, "jwt_customizer.general")
    assert answer.json()["data"] == data


def test_a_trial_that_is_denied_is_told_from_one_that_fails(api: Client) -> None:
    """A script that calls `api.denyAccess` works: the trial answers 403, not the 422 of a script that fails."""
    answer = trial(api, "api.denyAccess('not you');")
    assert refusal(answer) == (403, "jwt_customizer.general")
    assert answer.json()["data"] == {"message": "not you", "code": "AccessDenied"}


@pytest.mark.parametrize(
    "values",
    [
        {"tokenType": "id-token"},
        {"tokenType": None},
        {"script": None},
        {"token": None},
        {"token": {"unknown": 1}},
        {"context": {}},
        {"context": None},
        {"environmentVariables": {"A": None}},
    ],
)
def test_what_a_trial_must_be(api: Client, values: dict[str, Any]) -> None:
    assert refusal(trial(api, "return {};", **values)) == (400, "guard.invalid_input")
