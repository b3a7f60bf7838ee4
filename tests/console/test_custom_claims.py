"""The console's page for custom token claims."""

from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from identity.models import User
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import list_custom_claims
from tenants.context import enter_tenant
from tests.console.conftest import browser_of

pytestmark = pytest.mark.django_db

PAGE = "/console/default/custom-claims/"
SCRIPT = "const getCustomJwtClaims = ({ context, environmentVariables: { KEY } }) => ({ ...context, KEY });"
FORM = {
    "script": SCRIPT,
    "variables": '{"KEY": "value"}',
    "blocks": "on",
    "token": "{}",
    "context": '{"user": {"id": "alice"}}',
}


def held() -> dict[TokenKind, dict[str, Any]]:
    with enter_tenant("default"):
        return dict(list_custom_claims())


def test_a_script_is_saved_changed_and_removed(console: Client) -> None:
    assert b"getCustomJwtClaims" in console.get(PAGE).content
    page = console.post(f"{PAGE}?kind=client-credentials", {**FORM, "action": "save"}, follow=True)
    assert page.status_code == 200
    assert held() == {
        TokenKind.CLIENT_CREDENTIALS: {
            "script": SCRIPT,
            "environmentVariables": {"KEY": "value"},
            "blockIssuanceOnError": True,
            "tokenSample": {},
            "contextSample": {},
        }
    }
    console.post(f"{PAGE}?kind=client-credentials", {**FORM, "blocks": "", "action": "save"})
    assert held()[TokenKind.CLIENT_CREDENTIALS]["blockIssuanceOnError"] is False
    console.post(f"{PAGE}?kind=client-credentials", {"action": "delete"})
    assert held() == {}
    with enter_tenant("default"):
        changes = AuditLog.objects.filter(key="Setting.Updated", payload__actor__kind="developer")
        assert {change.payload["subject"]["id"] for change in changes} == {"jwt.clientCredentials"}


def test_a_trial_shows_the_claims_and_saves_nothing(console: Client) -> None:
    page = console.post(PAGE, {**FORM, "action": "try"})
    assert b"&quot;KEY&quot;: &quot;value&quot;" in page.content
    assert held() == {}


def test_a_trial_that_fails_says_why(console: Client) -> None:
    script = "const getCustomJwtClaims = () => { throw new Error('<b>of no use</b>'); };"
    page = console.post(PAGE, {**FORM, "script": script, "action": "try"})
    assert b"&lt;b&gt;of no use&lt;/b&gt;" in page.content
    assert b"<b>of no use" not in page.content


@pytest.mark.parametrize(
    "values",
    [
        {"variables": '{"KEY": 1}'},
        {"variables": "[]"},
        {"token": "nonsense"},
        {"token": '{"iss": "x"}'},
        {"context": '{"user": 1}'},
        {"script": ""},
    ],
)
def test_what_cannot_be_saved_is_shown_again(console: Client, values: dict[str, str]) -> None:
    page = console.post(PAGE, {**FORM, **values, "action": "save"})
    assert page.status_code == 200
    assert b"gh-field-bad" in page.content
    assert held() == {}


def test_tenant_admin_has_no_scripts(dave: User, console: Client) -> None:
    assert b"cannot have scripts" in browser_of(dave).get("/console/admin/custom-claims/").content
    assert browser_of(dave).post("/console/admin/custom-claims/", {**FORM, "action": "save"}).status_code == 403
    assert console.get("/console/acme/custom-claims/").status_code == 404
