"""What developers do in the console goes through the services, and into the tenant's audit log."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Resource, Role, Scope
from applications.access_rules import AccessRules, read_access_rules
from applications.models import Application, ApplicationSecret
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.clock import now
from connectors.failures import FailureKind
from connectors.models import Connector, EmailTemplate, MailboxMessage
from connectors.selectors import config_of
from connectors.services.connectors import create_connector
from connectors.services.failures import note_failure
from console.admin.sign_in_bindings import to_changes, to_form
from events.models import AuditLog
from events.retention import retention_days
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience
from identity.models import PersonalAccessToken, TrustedDevice, User
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from identity.selectors import find_usable_personal_access_token
from identity.services.passwords import verify_user_password
from identity.services.trusted_devices import create_trusted_device
from identity.services.users import create_user
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from oidc.models import Session
from oidc.sessions.sessions import SESSION_SETTING
from organizations.models import JitEmailDomain, MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.settings import get_setting

BASE = "/console/default"
NO_ROWS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
USER_ROWS = (
    "memberships",
    "social_identities",
    "sso_identities",
    "factors",
    "trusted_devices",
    "sessions",
    "personal_access_tokens",
)


def management(*prefixes: str, **counts: str) -> dict[str, str]:
    """The hidden fields of formsets."""
    rows = {f"{prefix}-{name}": value for prefix in prefixes for name, value in NO_ROWS.items()}
    return {**rows, **counts}


def problems(answer: Any) -> Any:
    """What a form that was shown again complains about."""
    context = answer.context
    return context and [context["errors"], *(row.formset.errors for row in context["inline_admin_formsets"])]


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Any:
    with enter_tenant("default"):
        yield


def last_event() -> AuditLog:
    return AuditLog.objects.filter(payload__actor__kind="developer").latest("created_at", "id")


# --- applications ----------------------------------------------------------------------------------------------------
def test_application(console: Client, carol: User) -> None:
    form = {"name": "Shop", "description": "", "redirect_uris_": "https://shop.example/cb\nhttps://shop.example/cb2"}
    answer = console.post(f"{BASE}/applications/application/add/?type=Traditional", form)
    shop = Application.objects.get(name="Shop")
    assert answer.headers["Location"] == f"{BASE}/applications/application/{shop.id}/change/"
    assert shop.redirect_uri_list == ["https://shop.example/cb", "https://shop.example/cb2"]
    assert ApplicationSecret.objects.filter(application=shop).count() == 1
    event = AuditLog.objects.get(key="Application.Created", application_id=shop.id)
    assert event.payload["actor"] == {"kind": "developer", "id": carol.id}

    secret = ApplicationSecret.objects.get(application=shop)
    staff = Role.objects.create(name="Staff", description="Staff")
    wayne = Organization.objects.create(name="Wayne")
    manager = OrganizationRole.objects.create(name="Manager")
    change = {
        "name": "Shop 2",
        "redirect_uris_": "https://shop.example/cb",
        "cors_origins": "https://shop.example",
        "rotate_refresh_token": "on",
        "refresh_token_days": "30",
        "allow_token_exchange": "on",
        "max_grants": "5",
        "backchannel_uri": "https://shop.example/logout",
        "backchannel_session": "on",
        "access_controlled": "on",
        "admitted_roles": [staff.id],
        "admitted_organization_roles-0-organization": wayne.id,
        "admitted_organization_roles-0-roles": [manager.id],
        "admitted_organization_roles-1-organization": "",
        "custom_data": '{"tier": 1}',
        "secrets-TOTAL_FORMS": "2",
        "secrets-INITIAL_FORMS": "1",
        "secrets-0-id": secret.id,
        "secrets-0-application": shop.id,
        "secrets-0-name": "First",
        "secrets-1-id": "",
        "secrets-1-application": shop.id,
        "secrets-1-name": "Second",
    }
    answer = console.post(f"{BASE}/applications/application/{shop.id}/change/", change)
    assert answer.status_code == 302, problems(answer)
    shop.refresh_from_db()
    assert shop.name == "Shop 2"
    assert shop.custom_client_metadata["refreshTokenTtlInDays"] == 30
    assert shop.custom_client_metadata["allowTokenExchange"] is True
    assert shop.custom_client_metadata["maxAllowedGrants"] == 5
    assert shop.oidc_client_metadata["backchannelLogoutUri"] == "https://shop.example/logout"
    assert shop.oidc_client_metadata["backchannelLogoutSessionRequired"] is True
    assert shop.app_level_access_control_enabled
    assert read_access_rules(shop) == AccessRules(role_ids=(staff.id,), organization_roles={wayne.id: (manager.id,)})
    assert shop.custom_data == {"tier": 1}
    assert set(shop.secrets.values_list("name", flat=True)) == {"First", "Second"}

    console.post(f"{BASE}/applications/application/{shop.id}/delete/", {"post": "yes"})
    assert not Application.objects.filter(id=shop.id).exists()
    assert last_event().key == "Application.Deleted"


def test_refused_redirect_uri_is_shown_at_its_field_and_nothing_is_written(console: Client) -> None:
    count = Application.objects.count()
    form = {"name": "Bad", "redirect_uris_": "https://ok.example/cb\njavascript:alert(1)"}
    answer = console.post(f"{BASE}/applications/application/add/?type=SPA", form)
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert errors.keys() == {"redirect_uris_"}
    assert errors["redirect_uris_"][0].startswith("javascript:alert(1): ")
    assert Application.objects.count() == count
    assert not AuditLog.objects.filter(key="Application.Created", payload__actor__kind="developer").exists()


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"admitted_users": "nobody"}, {"admitted_users"}),
        ({"admitted_organizations": ["nowhere"]}, {"admitted_organizations"}),
        ({"admitted_organization_roles-0-organization": "nowhere"}, {"admitted_organization_roles"}),
        (
            {
                "admitted_organization_roles-0-organization": "nowhere",
                "admitted_organization_roles-0-roles": ["nothing"],
            },
            {"__all__"},
        ),
        ({"admitted_roles": ["nobody"]}, {"admitted_roles"}),
    ],
)
def test_refused_access_rules_change_nothing(console: Client, rules: dict[str, Any], fields: set[str]) -> None:
    shop = create_application(name="Shop", type="SPA", actor=SYSTEM)
    form = {"name": "Shop", "custom_data": "{}", "access_controlled": "on", **rules}
    answer = console.post(f"{BASE}/applications/application/{shop.id}/change/", form)
    assert answer.context["adminform"].form.errors.keys() == fields
    shop.refresh_from_db()
    assert not shop.app_level_access_control_enabled
    assert read_access_rules(shop) == AccessRules()


def test_machine_gets_roles(console: Client) -> None:
    role = Role.objects.get(name="Logto Management API access")
    console.post(f"{BASE}/applications/application/add/?type=MachineToMachine", {"name": "Job", "role_ids": [role.id]})
    assert [held.name for held in Application.objects.get(name="Job").roles.all()] == [role.name]


# --- API resources and roles -----------------------------------------------------------------------------------------
def test_resource_with_permissions(console: Client) -> None:
    form = {
        "name": "Billing",
        "indicator": "https://billing.example",
        "access_token_ttl": "600",
        "access_token_header_type": "JWT",
        "is_default": "on",
        "scopes-TOTAL_FORMS": "2",
        "scopes-INITIAL_FORMS": "0",
        "scopes-0-name": "read:bills",
        "scopes-1-name": "write:bills",
    }
    answer = console.post(f"{BASE}/access/resource/add/", form)
    assert answer.status_code == 302, problems(answer)
    billing = Resource.objects.get(indicator="https://billing.example")
    assert (billing.is_default, billing.access_token_header_type) == (True, "JWT")
    assert set(billing.scopes.values_list("name", flat=True)) == {"read:bills", "write:bills"}

    again = console.post(f"{BASE}/access/resource/add/", form)
    assert again.context["adminform"].form.errors.keys() == {"indicator"}
    bad = {**form, "indicator": "https://other.example", "scopes-1-name": "with space"}
    assert console.post(f"{BASE}/access/resource/add/", bad).status_code == 200
    assert not Resource.objects.filter(indicator="https://other.example").exists()


def test_management_api_is_read_only(console: Client) -> None:
    built_in = Resource.objects.get(name="Management API")
    path = f"{BASE}/access/resource/{built_in.id}/"
    assert console.get(f"{path}change/").status_code == 200
    assert console.post(f"{path}change/", {"name": "Mine"}).status_code == 403
    assert console.post(f"{path}delete/", {"post": "yes"}).status_code == 403


def test_role_grants_and_is_given(console: Client) -> None:
    scope = Scope.objects.get(name="create:organization")
    form = {"name": "Founder", "description": "May found", "type": "User", "scope_ids": [scope.id]}
    console.post(f"{BASE}/access/role/add/", form)
    role = Role.objects.get(name="Founder")
    assert [granted.name for granted in role.scopes.all()] == ["create:organization"]
    alice = create_user(username="alice", actor=SYSTEM)
    change = {"name": "Founder", "description": "May found", "new_users": [alice.id]}
    assert console.post(f"{BASE}/access/role/{role.id}/change/", change).status_code == 302
    assert role.scopes.count() == 0
    assert role.users.get() == alice


def test_management_permission_is_no_users(console: Client) -> None:
    scope = Scope.objects.get(name="all")
    form = {"name": "Too much", "description": "x", "type": "User", "scope_ids": [scope.id]}
    answer = console.post(f"{BASE}/access/role/add/", form)
    assert answer.context["adminform"].form.errors.keys() == {"scope_ids"}


# --- users -----------------------------------------------------------------------------------------------------------
def test_user_with_a_generated_password(console: Client) -> None:
    form = {"primary_email": "alice@example.com", "name": "Alice", "generate_password": "on"}
    page = console.post(f"{BASE}/identity/user/add/", form, follow=True)
    alice = User.objects.get(email_key="alice@example.com")
    password = page.context["once"]["value"]
    assert verify_user_password(alice, password)
    assert password.encode() not in console.get(f"{BASE}/identity/user/{alice.id}/change/").content
    assert last_event().user_id == alice.id

    taken = console.post(f"{BASE}/identity/user/add/", form)
    assert taken.context["adminform"].form.errors.keys() == {"primary_email"}
    nobody = console.post(f"{BASE}/identity/user/add/", {"name": "Nobody"})
    assert nobody.context["adminform"].form.errors.keys() == {"username"}


def test_a_session_is_revoked(console: Client) -> None:
    alice = create_user(username="alice", actor=SYSTEM)
    session = Session.objects.create(
        user=alice, cookie_sha256="0" * 64, authenticated_at=now(), expires_at=now() + timedelta(days=1)
    )
    form = {
        "username": "alice",
        "profile": "{}",
        "custom_data": "{}",
        **management(*USER_ROWS),
        "sessions-TOTAL_FORMS": "1",
        "sessions-INITIAL_FORMS": "1",
        "sessions-0-id": session.id,
        "sessions-0-user": alice.id,
        "sessions-0-DELETE": "on",
    }
    answer = console.post(f"{BASE}/identity/user/{alice.id}/change/", form)
    assert answer.status_code == 302, problems(answer)
    assert not Session.objects.exists()
    assert AuditLog.objects.get(key="RevokeSession").payload["actor"]["kind"] == "developer"


def test_the_trust_in_a_device_is_taken_back(console: Client) -> None:
    """What is over is not shown; what is left is, without its secret, and goes by its service."""
    alice = create_user(username="alice", actor=SYSTEM)
    device = create_trusted_device(alice, days=3, agent="Mozilla/5.0 (Windows) Firefox/130.0", city="York").device
    over = create_trusted_device(alice, days=3, agent="Netscape/4.0").device
    TrustedDevice.objects.filter(id=over.id).update(expires_at=now())
    page = console.get(f"{BASE}/identity/user/{alice.id}/change/").content.decode()
    assert "Firefox on Windows" in page
    assert "York" in page
    assert device.secret_sha256 not in page
    assert "Netscape" not in page
    form = {
        "username": "alice",
        "custom_data": "{}",
        **management(*USER_ROWS),
        "trusted_devices-TOTAL_FORMS": "1",
        "trusted_devices-INITIAL_FORMS": "1",
        "trusted_devices-0-id": device.id,
        "trusted_devices-0-user": alice.id,
        "trusted_devices-0-DELETE": "on",
    }
    answer = console.post(f"{BASE}/identity/user/{alice.id}/change/", form)
    assert answer.status_code == 302, problems(answer)
    assert TrustedDevice.objects.get() == over
    assert AuditLog.objects.get(key="TrustedDevice.Deleted").payload["actor"]["kind"] == "developer"


def test_user_is_changed_reset_suspended_and_deleted(console: Client) -> None:
    alice = create_user(username="alice", password="before", actor=SYSTEM)
    path = f"{BASE}/identity/user/{alice.id}"
    form = {
        "username": "alice",
        "name": "Alice A.",
        "given_name": "Alice",
        "country": "PT",
        "custom_data": "{}",
        "role_ids": [],
        **management(*USER_ROWS),
    }
    answer = console.post(f"{path}/change/", form)
    assert answer.status_code == 302, problems(answer)
    alice.refresh_from_db()
    assert (alice.name, alice.profile, alice.roles.count()) == (
        "Alice A.",
        {"givenName": "Alice", "address": {"country": "PT"}},
        0,
    )
    assert "alice a." in alice.search

    page = console.post(f"{path}/do/reset-password/", follow=True)
    alice.refresh_from_db()
    assert verify_user_password(alice, page.context["once"]["value"])
    console.post(f"{path}/do/suspend/")
    assert User.objects.filter(id=alice.id, is_suspended=True).exists()
    assert console.get(f"{path}/do/reactivate/").status_code == 405
    console.post(f"{path}/do/reactivate/")
    assert User.objects.filter(id=alice.id, is_suspended=False).exists()
    console.post(f"{path}/delete/", {"post": "yes"})
    assert not User.objects.filter(id=alice.id).exists()


def test_personal_access_tokens(console: Client) -> None:
    alice = create_user(username="alice", actor=SYSTEM)
    path, form = f"{BASE}/identity/user/{alice.id}/change/", {"username": "alice", "custom_data": "{}"}
    rows = {
        **management(*USER_ROWS),
        "personal_access_tokens-TOTAL_FORMS": "1",
        "personal_access_tokens-0-name": "laptop",
    }
    page = console.post(path, {**form, **rows}, follow=True)
    value = page.context["once"]["value"]
    token = find_usable_personal_access_token(value)
    assert token is not None
    assert (token.user_id, token.name) == (alice.id, "laptop")
    assert value.encode() not in console.get(path).content

    rows |= {"personal_access_tokens-INITIAL_FORMS": "1", "personal_access_tokens-0-id": token.id}
    rows |= {"personal_access_tokens-0-user": alice.id, "personal_access_tokens-0-name": "desktop"}
    console.post(path, {**form, **rows})
    assert PersonalAccessToken.objects.get().name == "desktop"
    again = {"personal_access_tokens-TOTAL_FORMS": "2", "personal_access_tokens-1-name": "desktop"}
    assert console.post(path, {**form, **rows, **again}).status_code == 200
    console.post(path, {**form, **rows, "personal_access_tokens-0-DELETE": "on"})
    assert not PersonalAccessToken.objects.exists()


@pytest.mark.parametrize("data", ["[]", "nonsense", '"text"'])
def test_custom_data_is_an_object(console: Client, data: str) -> None:
    alice = create_user(username="alice", actor=SYSTEM)
    form = {"username": "alice", "custom_data": data, **management(*USER_ROWS)}
    answer = console.post(f"{BASE}/identity/user/{alice.id}/change/", form)
    assert answer.context["adminform"].form.errors.keys() == {"custom_data"}


# --- organizations ---------------------------------------------------------------------------------------------------
def test_organization_with_members(console: Client) -> None:
    console.post(f"{BASE}/organizations/organization/add/", {"name": "Initech"})
    initech = Organization.objects.get(name="Initech")
    alice = create_user(username="alice", actor=SYSTEM)
    admin = OrganizationRole.objects.get(name="Admin")
    form: dict[str, Any] = {
        "name": "Initech",
        "custom_data": "{}",
        "email_domains": "initech.example\n",
        "jit_role_ids": [admin.id],
        "is_mfa_required": "on",
        **management("organization_applications", "invitations"),
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "0",
        "members-0-user": alice.id,
        "members-0-role_ids": [admin.id],
    }
    path = f"{BASE}/organizations/organization/{initech.id}/change/"
    answer = console.post(path, form)
    assert answer.status_code == 302, problems(answer)
    initech.refresh_from_db()
    assert (initech.is_mfa_required, initech.is_trusted_device_allowed) == (True, False)
    assert JitEmailDomain.objects.get().email_domain == "initech.example"
    assert MemberRole.objects.get().member.user == alice

    member = OrganizationMember.objects.get()
    row = {"members-INITIAL_FORMS": "1", "members-0-id": member.id, "members-0-role_ids": []}
    console.post(path, {**form, **row})
    assert not MemberRole.objects.exists()
    console.post(path, {**form, **row, "members-0-DELETE": "on"})
    assert not OrganizationMember.objects.exists()


def test_member_of_another_tenant_cannot_be_added(console: Client) -> None:
    initech = create_organization(name="Initech", actor=SYSTEM)
    with enter_tenant("acme"):
        mallory = create_user(username="mallory", actor=SYSTEM)
    form = {
        "name": "Initech",
        "custom_data": "{}",
        **management("organization_applications", "invitations"),
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "0",
        "members-0-user": mallory.id,
    }
    answer = console.post(f"{BASE}/organizations/organization/{initech.id}/change/", form)
    assert answer.status_code == 200
    assert not OrganizationMember.objects.exists()


def test_template(console: Client) -> None:
    console.post(f"{BASE}/organizations/organizationscope/add/", {"name": "invite:member"})
    scope = Scope.objects.get(name="create:organization")
    form = {"name": "Owner", "type": "User", "resource_scope_ids": [scope.id]}
    console.post(f"{BASE}/organizations/organizationrole/add/", form)
    owner = OrganizationRole.objects.get(name="Owner")
    assert owner.resource_scopes.get() == scope
    taken = console.post(f"{BASE}/organizations/organizationrole/add/", form)
    assert taken.context["adminform"].form.errors.keys() == {"name"}


# --- connectors and templates ----------------------------------------------------------------------------------------
def test_connector_keeps_its_secret(console: Client) -> None:
    form = {"config_endpoint": "https://mail.example/send", "config_authorization": "Bearer very-secret"}
    console.post(f"{BASE}/connectors/connector/add/?kind=http-email", form)
    connector = Connector.objects.get(factory_id="http-email")
    path = f"{BASE}/connectors/connector/{connector.id}/change/"
    assert b"very-secret" not in console.get(path).content
    console.post(path, {"config_endpoint": "https://mail.example/v2", "config_authorization": ""})
    connector.refresh_from_db()
    assert config_of(connector) == {"endpoint": "https://mail.example/v2", "authorization": "Bearer very-secret"}
    bad = console.post(path, {"config_endpoint": "nowhere"})
    assert bad.context["adminform"].form.errors


def test_smtp_credentials_are_fields(console: Client) -> None:
    form = {
        "config_host": "mail.example",
        "config_port": "587",
        "config_auth_type": "login",
        "config_auth_user": "robot",
        "config_auth_pass": "very-secret",
        "config_fromEmail": "no-reply@example.com",
    }
    answer = console.post(f"{BASE}/connectors/connector/add/?kind=simple-mail-transfer-protocol", form)
    assert answer.status_code == 302, problems(answer)
    connector = Connector.objects.get(factory_id="simple-mail-transfer-protocol")
    assert config_of(connector)["auth"] == {"type": "login", "user": "robot", "pass": "very-secret"}
    path = f"{BASE}/connectors/connector/{connector.id}/change/"
    assert b"very-secret" not in console.get(path).content
    console.post(path, {**form, "config_auth_user": "robot2", "config_auth_pass": ""})
    connector.refresh_from_db()
    assert config_of(connector)["auth"] == {"type": "login", "user": "robot2", "pass": "very-secret"}


def test_test_message(console: Client) -> None:
    connector = Connector.objects.get(factory_id="development-mailbox-email")
    console.post(f"{BASE}/connectors/connector/{connector.id}/test/", {"recipient": "dev@example.com"})
    assert MailboxMessage.objects.get().recipient == "dev@example.com"


@pytest.mark.parametrize("recipient", ["", "bob@mail..example", f"bob@{'a' * 64}.example", "bob\0@example.com", "bob"])
def test_a_test_message_to_nobody_is_refused_in_words(console: Client, recipient: str) -> None:
    connector = Connector.objects.get(factory_id="development-mailbox-email")
    path = f"{BASE}/connectors/connector/{connector.id}/test/"
    answer = console.post(path, {"recipient": recipient}, follow=True)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not MailboxMessage.objects.exists()


def test_a_test_message_by_sms_takes_a_number_as_it_is_written(console: Client) -> None:
    connector = Connector.objects.get(factory_id="development-mailbox-sms")
    console.post(f"{BASE}/connectors/connector/{connector.id}/test/", {"recipient": "+49 171 1234567"})
    assert MailboxMessage.objects.get().recipient == "491711234567"


def test_a_connector_shows_its_last_failure(console: Client) -> None:
    """Whoever wonders why no code arrives sees when and why, with a way to all of them, and nobody's address."""
    form = {"config_host": "mail.example", "config_port": "587", "config_fromEmail": "no-reply@example.com"}
    console.post(f"{BASE}/connectors/connector/add/?kind=simple-mail-transfer-protocol", form)
    connector = Connector.objects.get(factory_id="simple-mail-transfer-protocol")
    path = f"{BASE}/connectors/connector/{connector.id}/change/"
    assert b"was not delivered" not in console.get(path).content
    note_failure(connector.id, reason=FailureKind.CREDENTIALS_REFUSED, template_type="SignIn")
    page = console.get(path).content.decode()
    assert "A message (SignIn) was not delivered" in page
    assert "The server does not accept the credentials." in page
    assert "auditlog/?event=Message.DeliveryFailed" in page
    console.post(path, {**form, "config_port": "465", "config_secure": "on"})
    assert "was not delivered" not in console.get(path).content.decode()


def test_a_switch_that_a_stored_connector_does_not_have_is_off(console: Client) -> None:
    """The form showed what it suggests for a new one, and saving anything then required TLS."""
    config = {"host": "mail.example", "port": 25, "fromEmail": "no-reply@example.com"}
    connector = create_connector(factory_id="simple-mail-transfer-protocol", config=config, actor=SYSTEM)
    path = f"{BASE}/connectors/connector/{connector.id}/change/"
    assert not console.get(path).context["adminform"].form["config_requireTLS"].value()
    new = console.get(f"{BASE}/connectors/connector/add/?kind=simple-mail-transfer-protocol")
    assert new.context["adminform"].form["config_requireTLS"].value()


def test_credentials_are_taken_away_with_their_user_name(console: Client) -> None:
    """The password field is empty when it is kept; so the username decides."""
    form = {
        "config_host": "mail.example",
        "config_port": "587",
        "config_fromEmail": "no-reply@example.com",
        "config_auth_type": "login",
        "config_auth_user": "robot",
        "config_auth_pass": " pä ss€ ",
    }
    console.post(f"{BASE}/connectors/connector/add/?kind=simple-mail-transfer-protocol", form)
    connector = Connector.objects.get(factory_id="simple-mail-transfer-protocol")
    assert config_of(connector)["auth"] == {"type": "login", "user": "robot", "pass": " pä ss€ "}
    path = f"{BASE}/connectors/connector/{connector.id}/change/"
    console.post(path, {**form, "config_auth_user": "", "config_auth_pass": ""})
    connector.refresh_from_db()
    assert "auth" not in config_of(connector)


def test_email_template(console: Client) -> None:
    form = {
        "template_type": "SignIn",
        "language_tag": "en",
        "subject": "Hello",
        "content_type": "text/plain",
        "content": "{{code}}",
    }
    console.post(f"{BASE}/connectors/emailtemplate/add/", form)
    template = EmailTemplate.objects.get()
    again = console.post(f"{BASE}/connectors/emailtemplate/add/", form)
    assert again.context["adminform"].form.errors.keys() == {"template_type"}
    console.post(f"{BASE}/connectors/emailtemplate/{template.id}/change/", {**form, "subject": "Hi"})
    template.refresh_from_db()
    assert template.details["subject"] == "Hi"
    console.post(f"{BASE}/connectors/emailtemplate/{template.id}/delete/", {"post": "yes"})
    assert not EmailTemplate.objects.exists()


# --- the sign-in experience and the tenant ---------------------------------------------------------------------------
def sign_in_form(console: Client) -> tuple[str, dict[str, Any]]:
    """The form's address and what a browser would send back unchanged."""
    row = SignInExperience.objects.get()
    path = f"{BASE}/experience/signinexperience/{row.pk}/change/"
    form = console.get(path).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    return path, {name: value for name, value in shown.items() if value not in (None, False)}


def test_saving_unchanged_settings_changes_nothing(console: Client) -> None:
    path, form = sign_in_form(console)
    before = dict(get_sign_in_experience().wire)
    assert console.post(path, form).status_code == 302
    assert dict(get_sign_in_experience().wire) == before
    assert not AuditLog.objects.filter(key="SignInExperience.Updated", payload__actor__kind="developer").exists()


def test_only_what_changed_is_sent() -> None:
    wire = get_sign_in_experience().wire
    values = to_form(wire)
    changes = to_changes({**values, "primary_color": "#112233"}, ["primary_color"], wire)
    assert changes == {"color": {**wire["color"], "primaryColor": "#112233"}}
    changes = to_changes({**values, "method_email": "code"}, ["method_email"], wire)
    assert [row["identifier"] for row in changes["signIn"]["methods"]] == ["email", "username"]
    assert changes["signIn"]["methods"][0]["password"] is False


def test_sign_in_experience_is_changed(console: Client) -> None:
    path, form = sign_in_form(console)
    change = {**form, "logo_url": "https://cdn.example/logo.svg", "username_min": "3"}
    assert console.post(path, change).status_code == 302
    settings = get_sign_in_experience()
    assert settings.wire["branding"]["logoUrl"] == "https://cdn.example/logo.svg"
    assert settings.username_policy.min_length == 3


def test_refused_settings_are_shown_at_their_field(console: Client) -> None:
    path, form = sign_in_form(console)
    for change, field in (
        ({"logo_url": "javascript:alert(1)"}, "logo_url"),
        ({"primary_color": "red"}, "primary_color"),
        ({"method_username": "", "method_email": ""}, "method_email"),
    ):
        answer = console.post(path, {**form, **change})
        assert answer.context["adminform"].form.errors.keys() == {field}
    no_verify = {name: value for name, value in form.items() if name != "sign_up_verify"}
    answer = console.post(path, no_verify)
    assert answer.context["adminform"].form.errors.keys() == {"sign_up_verify"}


def test_tenant_settings(console: Client) -> None:
    form = {"name": "Main", "tag": "production", "session_days": "7", "claims": ["roles"], "organization_sign_in": "on"}
    assert console.post(f"{BASE}/tenant/settings/", form).status_code == 302
    assert Tenant.objects.get(id="default").name == "Main"
    assert get_setting(SESSION_SETTING)["ttl"] == 7 * 86_400
    assert get_setting(ID_TOKEN_SETTING) == {"enabledExtendedClaims": ["roles"]}
    assert get_setting(ORGANIZATION_SIGN_IN_SETTING) == {"enabled": True}
    # The box is ticked at first; the form came without it.
    assert get_setting(SECURITY_NOTIFICATIONS_SETTING) == {"enabled": False}
    with enter_tenant("admin"):
        assert Organization.objects.get(id="t-default").name == "Main"


def test_how_long_the_audit_log_is_kept(console: Client, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 90
    path = f"{BASE}/tenant/settings/"
    form = {"name": "Default", "tag": "development", "session_days": "14"}
    assert "at most 90" in str(console.get(path).context["form"].fields["audit_days"].help_text)
    assert console.post(path, form | {"audit_days": "30"}).status_code == 302
    assert retention_days() == 30
    # The installation's is the longest; with it the whole form is refused.
    refused = console.post(path, form | {"audit_days": "91", "session_days": "7"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["audit_days"])
    assert (retention_days(), get_setting(SESSION_SETTING)["ttl"]) == (30, 14 * 86_400)
    assert console.post(path, form).status_code == 302
    assert retention_days() == 90
    settings.AUDIT_RETENTION_DAYS = 0
    assert "for ever" in str(console.get(path).context["form"].fields["audit_days"].help_text)


def test_audit_log_cannot_be_changed(console: Client) -> None:
    console.post(f"{BASE}/organizations/organization/add/", {"name": "Initech"})
    entry = AuditLog.objects.get(key="Organization.Created", payload__actor__kind="developer")
    path = f"{BASE}/events/auditlog/{entry.id}"
    assert console.post(f"{path}/change/", {}).status_code == 403
    assert console.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert console.get(f"{BASE}/events/auditlog/add/").status_code == 403
    for query in ("event=Organization.Created", "span=1h", "user_id=nobody", "application_id=x"):
        assert console.get(f"{BASE}/events/auditlog/?{query}").status_code == 200


def test_audit_log_between_two_moments(console: Client) -> None:
    console.post(f"{BASE}/organizations/organization/add/", {"name": "Initech"})
    entry = AuditLog.objects.get(key="Organization.Created", payload__actor__kind="developer")
    before, after = (f"{entry.created_at + timedelta(minutes=aside):%Y-%m-%dT%H:%M}" for aside in (-1, 1))
    path = f"{BASE}/events/auditlog/"

    def is_listed(**moments: str) -> bool:
        return f"{path}{entry.id}/" in console.get(path, moments).content.decode()

    assert is_listed(**{"from": before, "until": after})
    assert not is_listed(**{"from": after})
    assert not is_listed(until=before)
    assert f'value="{after}"' in console.get(path, {"until": after}).content.decode()
    for unreadable in ("yesterday", "2026-13-01T00:00", "9" * 10_000):
        assert console.get(path, {"from": unreadable}).headers["Location"].endswith("?e=1")


def test_what_a_form_changed_is_told_with_what_it_was_before(console: Client, carol: User) -> None:
    """A form puts the new values into the row before the service sees it: the entry said that nothing changed."""
    role = Role.objects.create(name="Staff", description="Works here")
    form = {"name": "Crew", "description": "Works here"}
    answer = console.post(f"{BASE}/access/role/{role.id}/change/", form)
    assert answer.status_code == 302, problems(answer)
    payload = AuditLog.objects.get(key="Role.Data.Updated").payload
    assert payload["actor"] == {"kind": "developer", "id": carol.id}
    assert (payload["before"], payload["after"]) == ({"name": "Staff"}, {"name": "Crew"})
