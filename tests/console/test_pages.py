"""Every list, every add page, every object's page answers, for whoever may see it."""

from typing import Any

import pytest
from django.test import Client

from access.models import Resource, Role
from applications.models import Application
from applications.services.applications import create_application
from applications.services.organization_applications import add_organization_applications
from common.actors import SYSTEM
from connectors.models import Connector, EmailTemplate
from connectors.services.templates import replace_email_templates
from events.history import record
from events.models import AuditLog, Hook
from events.webhooks.services import create_hook
from experience.models import CustomProfileField, SignInExperience
from experience.services.profile_fields import create_profile_fields
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import create_one_time_token
from identity.services.users import create_user
from organizations.models import Organization, OrganizationRole, OrganizationScope
from organizations.services.members import add_members, assign_member_roles
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant

MODELS = (
    Application,
    Resource,
    Role,
    OrganizationRole,
    OrganizationScope,
    User,
    Organization,
    Connector,
    EmailTemplate,
    OneTimeToken,
    CustomProfileField,
    Hook,
)
PAGES = (
    "",
    "tenant/settings/",
    "tenant/keys/",
    "tenant/members/",
    "unverified-clients/",
    "experience/customprofilefield/order/",
    "mfa/",
    "mfa/preview/",
)


def address(model: Any, rest: str = "") -> str:
    return f"/console/default/{model._meta.app_label}/{model._meta.model_name}/{rest}"


@pytest.fixture
def things(installation: dict[str, Any]) -> None:
    """One of everything that bootstrap does not make."""
    with enter_tenant("default"):
        alice = create_user(username="alice", primary_email="alice@example.com", password="x", actor=SYSTEM)
        organization = create_organization(name="Initech", actor=SYSTEM)
        add_members(organization, user_ids=[alice.id], actor=SYSTEM)
        assign_member_roles(organization, user_id=alice.id, role_names=["Admin"], actor=SYSTEM)
        machine = Application.objects.get(name="Management API client")
        add_organization_applications(organization, application_ids=[machine.id], actor=SYSTEM)
        details = {"subject": "Hi", "content": "{{code}}", "contentType": "text/plain"}
        row = {"languageTag": "en", "templateType": "SignIn", "details": details}
        replace_email_templates([row], actor=SYSTEM)
        context = {"jitOrganizationIds": [organization.id], "interactionEvent": "SignIn"}
        create_one_time_token(email="alice@example.com", context=context, actor=SYSTEM)
        field = {"type": "Text", "label": "Company", "required": False}
        create_profile_fields([("company", field)], actor=SYSTEM)
        create_hook(name="Orders", events=["PostSignIn"], config={"url": "https://orders.example.com"}, actor=SYSTEM)
        record("Interaction.SignIn.Submit", user_id=alice.id)


@pytest.mark.parametrize("page", PAGES)
def test_own_pages(console: Client, things: None, page: str) -> None:
    assert console.get(f"/console/default/{page}").status_code == 200


@pytest.mark.parametrize("model", [*MODELS, AuditLog], ids=lambda model: model._meta.model_name)
def test_list_and_object(console: Client, things: None, model: Any) -> None:
    assert console.get(address(model)).status_code == 200
    with enter_tenant("default"):
        # The hidden role that opens the whole Management API has no page.
        keys = [key for key in model.objects.values_list("pk", flat=True)[:6] if key != "admin-role"]
    assert keys
    for key in keys:
        assert console.get(address(model, f"{key}/change/")).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_add_and_search_and_delete_pages(console: Client, things: None, model: Any) -> None:
    assert console.get(address(model, "add/")).status_code == 200
    assert console.get(address(model, "?q=a")).status_code in (200, 302)
    with enter_tenant("default"):
        # Neither the Management API nor the hidden role that opens it can be deleted.
        fixed = [*Resource.objects.filter(name="Management API").values_list("pk", flat=True), "admin-role"]
        key = model.objects.exclude(pk__in=fixed).values_list("pk", flat=True)[0]
    assert console.get(address(model, f"{key}/delete/")).status_code == 200


@pytest.mark.parametrize("type", ["Traditional", "SPA", "Native", "MachineToMachine"])
def test_add_application_of_each_type(console: Client, things: None, type: str) -> None:
    assert console.get(address(Application, f"add/?type={type}")).status_code == 200


def test_application_page_is_in_tabs_and_gives_code_to_begin_with(console: Client, things: None) -> None:
    with enter_tenant("default"):
        documind = Application.objects.get(name="DocuMind")
    answer = console.get(address(Application, f"{documind.id}/change/"))
    tabs = [fieldset.name for fieldset in answer.context["adminform"] if "tab" in fieldset.classes]
    assert tabs == ["Redirects", "Branding", "Tokens", "Security", "Signing out", "Access", "Custom data"]
    assert any(f'appId: "{documind.id}"' in step.code for step in answer.context["start"]["guide"].steps)
    assert answer.content.count(b'role="tab"') == len(tabs)


@pytest.mark.parametrize(("kind", "is_shown"), [("Traditional", True), ("SPA", True), ("Native", False)])
def test_the_switch_for_refresh_tokens_is_shown_where_it_has_effect(
    console: Client, things: None, kind: str, is_shown: bool
) -> None:
    """A native application was offered a switch that the token endpoint ignores."""
    with enter_tenant("default"):
        made = create_application(
            name="App", type=kind, custom_client_metadata={"alwaysIssueRefreshToken": True}, actor=SYSTEM
        )
    form = console.get(address(Application, f"{made.id}/change/")).context["adminform"].form
    assert ("always_issue_refresh_token" in form.fields) is is_shown


def test_areas_and_objects_go_by_one_name(console: Client, things: None) -> None:
    assert b"Add API resource" in console.get(address(Resource)).content
    with enter_tenant("default"):
        scope = OrganizationScope.objects.get(name="read:documents")
    page = console.get(address(OrganizationScope, f"{scope.id}/change/")).content.decode()
    assert "Read:documents" not in page


def test_add_connector_of_each_kind(console: Client, things: None) -> None:
    for kind in ("simple-mail-transfer-protocol", "http-email", "http-sms"):
        assert console.get(address(Connector, f"add/?kind={kind}")).status_code == 200


def test_sign_in_experience_is_one_object(console: Client, things: None) -> None:
    response = console.get(address(SignInExperience), follow=True)
    assert response.status_code == 200
    assert b"Brand color" in response.content


def test_empty_lists_say_what_they_are_for(console: Client) -> None:
    assert b"No organizations yet" in console.get(address(Organization)).content


def test_lists_do_not_ask_once_a_row(console: Client, things: None, django_assert_max_num_queries: Any) -> None:
    with enter_tenant("default"):
        for number in range(20):
            create_user(username=f"user{number}", actor=SYSTEM)
            create_organization(name=f"Organization {number}", actor=SYSTEM)
    for model in (User, Organization, Application, Role, Resource, OrganizationRole):
        console.get(address(model))
        with django_assert_max_num_queries(16):
            console.get(address(model))


def test_user_search_reads_every_identifier(console: Client, things: None) -> None:
    assert b"alice@example.com" in console.get(address(User, "?q=ALICE@exam")).content
    assert b"alice@example.com" not in console.get(address(User, "?q=nobody")).content


@pytest.mark.parametrize(
    "field", [("organizations", "organizationmember", "user"), ("identity", "userrole", "user")], ids=str
)
def test_autocomplete(console: Client, things: None, field: tuple[str, str, str]) -> None:
    app, model, name = field
    query = {"app_label": app, "model_name": model, "field_name": name, "term": "alice"}
    response = console.get("/console/default/autocomplete/", query)
    assert [row["text"] for row in response.json()["results"]] == ["alice"]
