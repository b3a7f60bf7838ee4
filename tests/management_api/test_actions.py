"""`/api/configs/actions`."""

from typing import Any

import pytest
from django.test import Client

from experience.actions.configuration import ActionType, find_action
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.models import Tenant, TenantSetting
from tests.experience.legacy import legacy_service
from tests.management_api.conftest import api_client, make_backend

pytestmark = pytest.mark.django_db

JSON = "application/json"
BASE = "/api/configs/actions"
FIRST_FACTOR = f"{BASE}/action.postFirstFactorVerification"
SIGN_IN = f"{BASE}/action.postSignIn"
SCRIPT = "const runAction = async ({ event, environmentVariables }) => ({ key: environmentVariables.KEY, event });"
FULL: dict[str, Any] = {
    "script": SCRIPT,
    "environmentVariables": {"KEY": "a-very-secret-value"},
    "contextSample": {"identifier": {"type": "username", "value": "bob"}},
    "enabled": True,
    "onExecutionError": "allow",
    "allowedHosts": ["legacy.example.com"],
}


def put(api: Client, path: str = SIGN_IN, **value: Any) -> Any:
    return api.put(path, value or {"script": SCRIPT}, content_type=JSON)


def patch(api: Client, path: str = SIGN_IN, **value: Any) -> Any:
    return api.patch(path, value, content_type=JSON)


def trial(api: Client, script: str = SCRIPT, **values: Any) -> Any:
    body = {"script": script, "actionType": "action.postSignIn", "event": {"a": 1}, **values}
    return api.post(f"{BASE}/test", body, content_type=JSON)


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_first_put_creates_and_the_next_replaces(api: Client) -> None:
    first = put(api, **FULL)
    assert (first.status_code, first.json()) == (201, FULL)
    second = put(api, script=SCRIPT)
    assert (second.status_code, second.json()) == (200, {"script": SCRIPT})
    assert api.get(SIGN_IN).json() == {"script": SCRIPT}
    assert refusal(api.get(FIRST_FACTOR)) == (404, "entity.not_exists_with_id")


def test_environment_variables_are_shown_again_and_sealed_at_rest(api: Client, tenant: Tenant) -> None:
    put(api, **FULL)
    assert api.get(SIGN_IN).json() == FULL
    assert "a-very-secret-value" not in str(TenantSetting.objects.get(key="action.postSignIn").value)


def test_the_list(api: Client) -> None:
    assert api.get(BASE).json() == []
    put(api, SIGN_IN, **FULL)
    put(api, FIRST_FACTOR)
    assert api.get(BASE).json() == [
        {"key": "action.postFirstFactorVerification", "value": {"script": SCRIPT}},
        {"key": "action.postSignIn", "value": FULL},
    ]


def test_a_patch_changes_what_it_names(api: Client) -> None:
    assert refusal(patch(api, enabled=False)) == (404, "entity.not_exists_with_id")
    put(api, **FULL)
    changed = patch(api, enabled=False, environmentVariables={"OTHER": "x"})
    assert (changed.status_code, changed.json()) == (
        200,
        {**FULL, "enabled": False, "environmentVariables": {"OTHER": "x"}},
    )
    assert find_action(ActionType.POST_SIGN_IN) is None
    patch(api, enabled=True)
    action = find_action(ActionType.POST_SIGN_IN)
    assert action is not None
    assert dict(action.environment_variables) == {"OTHER": "x"}
    assert not action.blocks_on_error


def test_what_is_deleted_is_gone(api: Client) -> None:
    put(api)
    assert api.delete(SIGN_IN).status_code == 204
    assert refusal(api.delete(SIGN_IN)) == (404, "entity.not_found")
    assert find_action(ActionType.POST_SIGN_IN) is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"script": 5},
        {"script": None},
        {"script": "x" * 100_001},
        {"script": "\x00"},
        {"enabled": "yes"},
        {"onExecutionError": "ignore"},
        {"environmentVariables": {"KEY": 5}},
        {"environmentVariables": ["KEY"]},
        {"allowedHosts": "legacy.example.com"},
        {"allowedHosts": ["https://legacy.example.com"]},
        {"allowedHosts": ["*.example.com"]},
        {"allowedHosts": ["a.example"] * 21},
        {"contextSample": {"a": "\x00"}},
        {"contextSample": {"\ud800": 1}},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_stored_is_refused(api: Client, values: dict[str, Any]) -> None:
    body = values if "script" in values or not values else {"script": SCRIPT, **values}
    response = api.put(SIGN_IN, body, content_type=JSON)
    assert refusal(response) == (400, "guard.invalid_input")
    assert api.get(BASE).json() == []


@pytest.mark.parametrize("kind", ["postSignIn", "action.PostSignIn", "access-token", "test2"])
def test_other_types_are_refused(api: Client, kind: str) -> None:
    for response in (api.get(f"{BASE}/{kind}"), put(api, f"{BASE}/{kind}"), api.delete(f"{BASE}/{kind}")):
        assert refusal(response) == (400, "guard.invalid_input")


def test_hosts_are_kept_as_they_are_compared(api: Client) -> None:
    hosts = ["LEGACY.Example.com", "B\u00fccher.example:8443"]
    stored = put(api, script=SCRIPT, allowedHosts=hosts).json()["allowedHosts"]
    assert stored == ["legacy.example.com", "xn--bcher-kva.example:8443"]


def test_a_trial_answers_with_the_result(api: Client) -> None:
    answer = trial(api, environmentVariables={"KEY": "k"})
    assert (answer.status_code, answer.json()) == (200, {"key": "k", "event": {"a": 1}})
    assert trial(api, "const runAction = () => {};").status_code == 204
    empty = trial(api, "const runAction = () => null;")
    assert (empty.status_code, empty.json()) == (200, None)
    assert trial(api, "export const runAction = () => 5;").json() == 5
    assert trial(api, "export async function runAction() { return 'x'; }").json() == "x"
    assert api.get(BASE).json() == []


def test_a_trial_that_fails_says_why(api: Client) -> None:
    answer = trial(api, "const runAction = () => { throw new TypeError('of no use'); };")
    assert refusal(answer) == (422, "action.general")
    assert answer.json()["data"] == {"message": "of no use", "name": "TypeError"}
    assert refusal(trial(api, "const somethingElse = 1;")) == (422, "action.general")
    assert refusal(trial(api, "const runAction = () => fetch('https://example.com');")) == (422, "action.general")


def test_a_trial_fetches_from_the_hosts_that_it_names(api: Client) -> None:
    with legacy_service() as legacy:
        script = f"const runAction = async () => (await fetch('{legacy.url}/x')).json();"
        assert trial(api, script, allowedHosts=[legacy.host]).json() == {"path": "/x"}
        assert refusal(trial(api, script)) == (422, "action.general")
    assert len(legacy.calls) == 1


@pytest.mark.parametrize(
    "values", [{"actionType": "access-token"}, {"event": "\x00"}, {"unknown": 1}, {"environmentVariables": {"a": 1}}]
)
def test_trials_are_checked(api: Client, values: dict[str, Any]) -> None:
    assert refusal(trial(api, **values)) == (400, "guard.invalid_input")


def test_trials_are_rate_limited(api: Client, settings: Any) -> None:
    settings.ACTION_TEST_LIMIT_PER_TENANT = "2/minute"
    rate_limits.forget()
    assert [trial(api).status_code for _ in range(3)] == [200, 200, 429]


def test_tenant_admin_has_no_actions(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("admin"):
        admin = api_client(make_backend(), "admin")
        assert refusal(put(admin)) == (422, "action.general")
