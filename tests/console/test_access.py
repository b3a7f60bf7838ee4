"""Who may see and change what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.management import INTERNAL_PREFIX
from access.models import Resource, Role
from applications.models import Application, ApplicationSecret
from common.actors import SYSTEM
from common.errors import AppError
from console.policies import Area, may_change, may_create_tenant, may_view
from console.tenancy import ConsoleRole, TenantAccess, list_tenant_access, revoke_tenant_access, set_tenant_role
from events.models import AuditLog
from experience.models import SignInExperience
from identity.models import User
from identity.services.users import create_user
from oidc.sessions.sessions import start_session
from organizations.models import Organization, OrganizationRole
from tenants.context import enter_tenant
from tenants.models import SigningKey, Tenant
from tests.console.conftest import browser_of, developer

TENANT_PAGES = ("tenant/settings/", "tenant/keys/", "tenant/members/")


def access(role: ConsoleRole, tenant_id: str = "default") -> TenantAccess:
    return TenantAccess(Tenant(id=tenant_id), role)


def test_policies() -> None:
    admin, collaborator = access(ConsoleRole.ADMIN), access(ConsoleRole.COLLABORATOR)
    assert may_change(admin, Area.TENANT)
    assert may_change(collaborator, Area.GENERAL)
    assert not may_view(collaborator, Area.TENANT)
    assert not may_change(admin, Area.LOG)
    assert not may_view(None, Area.GENERAL)
    assert not may_change(access(ConsoleRole.COLLABORATOR, "admin"), Area.GENERAL)
    assert may_view(access(ConsoleRole.COLLABORATOR, "admin"), Area.GENERAL)
    assert may_create_tenant([admin])
    assert not may_create_tenant([collaborator])


@pytest.mark.parametrize(
    "rest", ["", "identity/user/", "applications/application/add/", "tenant/keys/", "autocomplete/"]
)
def test_tenant_of_others_is_not_found(console: Client, rest: str) -> None:
    assert console.get(f"/console/acme/{rest}").status_code == 404


def test_tenant_that_is_not_there_is_not_found(console: Client) -> None:
    assert console.get("/console/nowhere/").status_code == 404


def test_foreign_rows_are_not_found(console: Client) -> None:
    with enter_tenant("acme"):
        foreign = Resource.objects.get()
    page = console.get(f"/console/default/access/resource/{foreign.id}/change/")
    assert page.status_code == 302
    assert page.headers["Location"] == "/console/default/"
    console.post(f"/console/default/access/resource/{foreign.id}/delete/", {"post": "yes"})
    with enter_tenant("acme"):
        assert Resource.objects.filter(id=foreign.id).exists()


@pytest.mark.parametrize("host", ["localhost:8000", "acme.localhost:8000"])
def test_other_hosts_have_no_console(installation: dict[str, Any], host: str) -> None:
    browser = Client(HTTP_HOST=host)
    for path in ("/console/", "/console/default/", "/console/sign-in", "/console/tenants"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("page", TENANT_PAGES)
def test_collaborator_does_not_see_the_tenants_settings(dave: User, page: str) -> None:
    browser = browser_of(dave)
    assert browser.get(f"/console/default/{page}").status_code == 403
    assert page.encode() not in browser.get("/console/default/").content


def test_collaborator_cannot_rotate_keys(dave: User) -> None:
    with enter_tenant("default"):
        before = list(SigningKey.objects.values_list("id", flat=True))
    answer = browser_of(dave).post("/console/default/tenant/keys/", {"algorithm": "ES256", "grace": "0"})
    assert answer.status_code == 403
    with enter_tenant("default"):
        assert list(SigningKey.objects.values_list("id", flat=True)) == before


def test_admin_rotates_keys(console: Client) -> None:
    console.post("/console/default/tenant/keys/", {"algorithm": "RS256", "grace": "0"})
    with enter_tenant("default"):
        keys = {key.status: key for key in SigningKey.objects.filter(key_type="RSA")}
    assert keys["Current"].algorithm == "RS256"
    page = console.post("/console/default/tenant/keys/", {"delete": keys["Current"].id}, follow=True)
    assert b"Only the previous key can be deleted" in page.content
    console.post("/console/default/tenant/keys/", {"delete": keys["Previous"].id})
    with enter_tenant("default"):
        assert not SigningKey.objects.filter(status="Previous").exists()


def test_a_staged_key_is_shown_instead_of_another_rotation(console: Client) -> None:
    page = console.post("/console/default/tenant/keys/", {"algorithm": "ES384", "grace": "3600"}, follow=True)
    assert b"The next key is published. It signs when its time has come." in page.content
    assert b"Once it signs, the keys of its type can be rotated again." in page.content
    assert b'value="ES256"' not in page.content
    assert b'value="RS256"' in page.content, "the other type's keys are rotated by themselves"
    with enter_tenant("default"):
        staged = SigningKey.objects.get(status="Next")
        assert AuditLog.objects.filter(key="SigningKey.Created", payload__subject__id=staged.id).exists()


def test_collaborator_of_tenant_admin_only_looks(dave: User) -> None:
    browser = browser_of(dave)
    with enter_tenant("admin"):
        organization = "t-acme"
    assert browser.get("/console/admin/identity/user/").status_code == 200
    assert browser.get(f"/console/admin/organizations/organization/{organization}/change/").status_code == 200
    for path in (
        "identity/user/add/",
        f"organizations/organization/{organization}/delete/",
        f"identity/user/{dave.id}/do/reset-password/",
    ):
        assert browser.post(f"/console/admin/{path}", {}).status_code == 403


def test_secret_is_shown_to_whoever_may_change_the_application(console: Client, dave: User) -> None:
    with enter_tenant("default"):
        machine = Application.objects.get(name="Management API client")
        secret = ApplicationSecret.objects.get(application=machine)
    path = f"/console/default/applications/application/{machine.id}/secrets/{secret.id}/"
    assert console.get(path).status_code == 405
    assert len(console.post(path).json()["value"]) == 32
    assert (
        console.get(f"/console/default/applications/application/{machine.id}/change/").content.count(b"data-reveal=")
        == 2
    )
    assert Client(HTTP_HOST="admin.localhost:8000").post(path).status_code == 302


def test_locked_page_shows_values_and_nothing_to_send(dave: User) -> None:
    with enter_tenant("default"):
        machine = Application.objects.get(name="Management API client")
        role = machine.roles.get()
    answer = browser_of(dave).get(f"/console/default/applications/application/{machine.id}/change/")
    form = answer.context["adminform"].form
    assert form.initial["name"] == machine.name
    assert form.initial["role_ids"] == [role.id]
    assert all(field.disabled for field in form.fields.values())
    assert b'name="_save"' not in answer.content
    assert b"data-reveal" not in answer.content


def _is_internal(model: Any, key: Any) -> bool:
    return model is Role and Role.objects.get(pk=key).name.startswith(INTERNAL_PREFIX)


@pytest.mark.parametrize("model", [Application, Resource, Role, User, Organization, OrganizationRole, SignInExperience])
def test_everything_can_be_looked_at_and_nothing_saved(dave: User, model: Any) -> None:
    """In tenant `admin` a collaborator only looks."""
    with enter_tenant("admin"):
        keys = model.objects.order_by("pk").values_list("pk", flat=True)
        # The hidden role that opens the whole Management API has no page.
        key = next(key for key in keys if not _is_internal(model, key))
    path = f"/console/admin/{model._meta.app_label}/{model._meta.model_name}/{key}/change/"
    answer = browser_of(dave).get(path)
    assert answer.status_code == 200
    assert b'name="_save"' not in answer.content
    assert browser_of(dave).post(path, {}).status_code == 403


def test_sessions_can_be_revoked_on_the_page(console: Client, carol: User) -> None:
    with enter_tenant("default"):
        alice = create_user(username="alice", actor=SYSTEM)
        start_session(alice, client_id="", submission={}, replacing=None)
    page = console.get(f"/console/default/identity/user/{alice.id}/change/").content.decode()
    box = re.search(r'<input type="checkbox" name="sessions-0-DELETE"[^>]*>', page)
    row = re.search(r'<input type="hidden" name="sessions-0-id"[^>]*>', page)
    assert box
    assert "disabled" not in box[0]
    assert row
    assert "disabled" not in row[0]


def test_machines_are_admins_business(console: Client, dave: User) -> None:
    """With a machine's secret a collaborator would hold the Management API, and with it the keys."""
    with enter_tenant("default"):
        machine = Application.objects.get(name="Management API client")
        secret = ApplicationSecret.objects.get(application=machine)
        role = Role.objects.get(name="Logto Management API access")
    browser, start = browser_of(dave), "/console/default"
    assert browser.get(f"{start}/applications/application/{machine.id}/change/").content.count(b"data-reveal=") == 0
    machine_role = {"name": "x", "description": "x", "type": "MachineToMachine"}
    for path, form in (
        (f"applications/application/{machine.id}/secrets/{secret.id}/", {}),
        (f"applications/application/{machine.id}/change/", {"name": "mine"}),
        (f"applications/application/{machine.id}/delete/", {"post": "yes"}),
        ("applications/application/add/?type=MachineToMachine", {"name": "mine"}),
        (f"access/role/{role.id}/change/", {"name": "mine"}),
        ("access/role/add/", machine_role),
    ):
        assert browser.post(f"{start}/{path}", form).status_code == 403, path
    assert b"type=MachineToMachine" not in browser.get(f"{start}/applications/application/add/").content
    assert b"type=MachineToMachine" in console.get(f"{start}/applications/application/add/").content


def test_forms_need_their_token(carol: User) -> None:
    browser = browser_of(carol, csrf=True)
    for path in ("default/identity/user/add/", "default/tenant/keys/", "default/logout/", "sign-out", "tenants"):
        assert browser.post(f"/console/{path}", {"name": "x"}).status_code == 403


def test_policy_admits_no_script_of_others(console: Client) -> None:
    policy = console.get("/console/default/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy


# --- members ---------------------------------------------------------------------------------------------------------
def roles_of(user: User) -> dict[str, ConsoleRole]:
    return {held.tenant.id: held.role for held in list_tenant_access(user.id)}


def test_member_is_added_changed_and_removed(console: Client, installation: dict[str, Any]) -> None:
    frank = developer("frank")
    console.post("/console/default/tenant/members/", {"identifier": "frank", "role": "collaborator"})
    assert roles_of(frank) == {"default": ConsoleRole.COLLABORATOR}
    console.post("/console/default/tenant/members/", {"change": frank.id, "role": "admin"})
    assert roles_of(frank) == {"default": ConsoleRole.ADMIN}
    console.post("/console/default/tenant/members/", {"remove": frank.id})
    assert roles_of(frank) == {}


def test_member_twice_is_refused(console: Client, dave: User) -> None:
    page = console.post("/console/default/tenant/members/", {"identifier": "dave", "role": "admin"}, follow=True)
    assert b"has access already" in page.content
    assert roles_of(dave)["default"] is ConsoleRole.COLLABORATOR


def test_last_admin_stays(installation: dict[str, Any]) -> None:
    heidi = developer("heidi", acme=ConsoleRole.ADMIN)
    changes: list[Callable[[], object]] = [
        lambda: revoke_tenant_access(heidi.id, tenant_id="acme", actor=SYSTEM),
        lambda: set_tenant_role(heidi.id, tenant_id="acme", role=ConsoleRole.COLLABORATOR, actor=SYSTEM),
    ]
    for change in changes:
        with pytest.raises(AppError) as refused:
            change()
        assert refused.value.code == "console.last_admin"


# --- tenants ---------------------------------------------------------------------------------------------------------
def test_admin_opens_a_tenant(console: Client, carol: User) -> None:
    form = {"id": "globex", "name": "Globex", "tag": "production"}
    answer = console.post("/console/tenants", form)
    assert answer.headers["Location"] == "/console/globex/"
    assert console.get("/console/globex/").status_code == 200
    assert b"exists already" in console.post("/console/tenants", form).content
    assert b"21 lower-case letters" in console.post("/console/tenants", {**form, "id": "Bad Id"}).content


def test_collaborator_opens_none(dave: User) -> None:
    browser = browser_of(dave)
    browser.post("/console/tenants", {"id": "globex", "name": "Globex", "tag": "production"})
    assert not Tenant.objects.filter(id="globex").exists()
