"""The console's page for Actions."""

from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from experience.actions.configuration import ActionType
from experience.services.action_settings import list_actions
from identity.models import User
from tenants.context import enter_tenant
from tests.console.conftest import browser_of

pytestmark = pytest.mark.django_db

PAGE = "/console/default/actions/"
SIGN_IN = f"{PAGE}?kind=action.postSignIn"
SCRIPT = "const runAction = ({ event, environmentVariables: { KEY } }) => ({ ...event, KEY });"
FORM = {
    "script": SCRIPT,
    "variables": '{"KEY": "value"}',
    "hosts": "legacy.example.com\r\nother.example.com:8443",
    "enabled": "on",
    "event": '{"user": {"id": "alice"}}',
}


def held() -> dict[ActionType, dict[str, Any]]:
    with enter_tenant("default"):
        return dict(list_actions())


def test_a_script_is_saved_changed_and_removed(console: Client) -> None:
    assert b"createUser" in console.get(PAGE).content
    assert b"updateUser" in console.get(SIGN_IN).content
    assert console.post(SIGN_IN, {**FORM, "action": "save"}, follow=True).status_code == 200
    assert held() == {
        ActionType.POST_SIGN_IN: {
            "script": SCRIPT,
            "environmentVariables": {"KEY": "value"},
            "allowedHosts": ["legacy.example.com", "other.example.com:8443"],
            "enabled": True,
            "onExecutionError": "allow",
            "contextSample": {"user": {"id": "alice"}},
        }
    }
    console.post(SIGN_IN, {**FORM, "enabled": "", "blocks": "on", "action": "save"})
    changed = held()[ActionType.POST_SIGN_IN]
    assert (changed["enabled"], changed["onExecutionError"]) == (False, "block")
    console.post(SIGN_IN, {"action": "delete"})
    assert held() == {}
    with enter_tenant("default"):
        changes = AuditLog.objects.filter(key="Setting.Updated", payload__actor__kind="developer")
        assert {change.payload["subject"]["id"] for change in changes} == {"action.postSignIn"}


def test_a_trial_shows_the_result_and_saves_nothing(console: Client) -> None:
    page = console.post(PAGE, {**FORM, "action": "try"})
    assert b"&quot;KEY&quot;: &quot;value&quot;" in page.content
    assert held() == {}


def test_a_trial_that_fails_says_why(console: Client) -> None:
    script = "const runAction = () => { throw new Error('<b>of no use</b>'); };"
    page = console.post(PAGE, {**FORM, "script": script, "action": "try"})
    assert b"&lt;b&gt;of no use&lt;/b&gt;" in page.content
    assert b"<b>of no use" not in page.content


@pytest.mark.parametrize(
    "values",
    [{"variables": '{"KEY": 1}'}, {"variables": "[]"}, {"hosts": "https://x"}, {"event": "nonsense"}, {"script": ""}],
)
def test_what_cannot_be_saved_is_shown_again(console: Client, values: dict[str, str]) -> None:
    page = console.post(PAGE, {**FORM, **values, "action": "save"})
    assert page.status_code == 200
    assert b"gh-field-bad" in page.content
    assert held() == {}


def test_tenant_admin_has_no_scripts(dave: User, console: Client) -> None:
    assert b"cannot have scripts" in browser_of(dave).get("/console/admin/actions/").content
    assert console.get("/console/acme/actions/").status_code == 404
