"""The consent page without JavaScript: what it says, what its buttons do, and what a tampered form cannot."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from access.models import Scope
from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from applications.models import Application, ApplicationSignInExperience
from applications.services.applications import create_application
from applications.services.consent_configuration import (
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.actors import SYSTEM
from identity.models import User
from identity.services.roles import assign_user_roles
from oidc.models import ConsentedOrganization, Grant, Session
from organizations.models import Organization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.models import Tenant
from tests.experience.conftest import PASSWORD, REDIRECT_URI
from tests.experience.pages.conftest import Visitor

API = "https://documents.example.com"
ORGANIZATIONS = "urn:logto:scope:organizations"


@pytest.fixture
def application(tenant: Tenant) -> Application:
    """A third party's application that presents itself."""
    application = create_application(
        name="internal name",
        type="SPA",
        is_third_party=True,
        oidc_client_metadata={"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []},
        actor=SYSTEM,
    )
    allow_user_consent_scopes(application, user_scopes=["profile", "email", ORGANIZATIONS], actor=SYSTEM)
    set_application_sign_in_experience(
        application,
        display_name="Paper <Mill>",
        branding={"logoUrl": "https://mill.example.com/logo.svg"},
        terms_of_use_url="https://mill.example.com/terms",
        privacy_policy_url="https://mill.example.com/privacy",
        actor=SYSTEM,
    )
    return application


@pytest.fixture
def corp(alice: User) -> Organization:
    organization = create_organization(name="Corp", actor=SYSTEM)
    add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    return organization


@pytest.fixture
def asked(visitor: Visitor, alice: User) -> Callable[..., Visitor]:
    """Alice signs in and stands before the question."""

    def ask(**extra: str) -> Visitor:
        visitor.open(**{"prompt": "login consent", **extra})
        visitor.send(identifier="alice", password=PASSWORD)
        return forward(visitor)

    return ask


def forward(visitor: Visitor) -> Visitor:
    """Follow the page that goes on by itself, to the next page of ours."""
    found = re.search(r'content="0;url=http://localhost:8000([^"]+)"', visitor.html)
    assert found, visitor.html
    return visitor.go(visitor.client.get(found[1])["Location"])


def test_it_names_who_asks_who_is_asked_and_what_for(asked: Callable[..., Visitor]) -> None:
    page = asked(scope="openid profile email offline_access")
    assert (page.path, page.response.status_code) == ("/consent", 200)
    text = page.html
    assert "<h1>Let Paper &lt;Mill&gt; use your account?</h1>" in text
    assert "Alice Archer" in text
    assert "alice@example.com" in text
    assert "See your name, picture and other profile details" in text
    assert "See your email address" in text
    assert "Keep this access while you are not using it" in text
    assert 'href="https://mill.example.com/terms"' in text
    assert 'href="https://mill.example.com/privacy"' in text
    assert "You will return to <bdi>app.example.com</bdi>" in text
    assert 'src="https://mill.example.com/logo.svg"' in text
    assert "https://mill.example.com" in page.response["Content-Security-Policy"]


def test_permissions_stand_under_their_api(
    asked: Callable[..., Visitor], application: Application, alice: User
) -> None:
    resource = create_resource(name="Documents", indicator=API, actor=SYSTEM)
    read = create_scope(resource, name="read:documents", description="Read your documents", actor=SYSTEM)
    write = create_scope(resource, name="write:documents", actor=SYSTEM)
    role = create_role(name="author", description="Writes", scope_ids=[read.id, write.id], actor=SYSTEM)
    assign_user_roles(alice, role_ids=[role.id], actor=SYSTEM)
    allow_user_consent_scopes(application, resource_scope_ids=[read.id, write.id], actor=SYSTEM)
    page = asked(scope="openid read:documents write:documents", resource=API)
    assert "<h2><bdi>Documents</bdi></h2>" in page.html
    assert "Read your documents" in page.html
    assert "write:documents" in page.html, "without a description its name has to do"


def test_allowing(asked: Callable[..., Visitor]) -> None:
    page = asked()
    answer = page.send(action="allow").arrive()
    assert "code" in answer
    assert Grant.objects.get().scopes == ["openid", "profile"]


def test_declining(asked: Callable[..., Visitor]) -> None:
    answer = asked().send(action="decline").arrive()
    assert answer["error"] == ["access_denied"]
    assert answer["state"] == ["s"]
    assert Grant.objects.count() == 0


def test_declining_reaches_a_fragment_too(asked: Callable[..., Visitor]) -> None:
    page = asked(response_mode="fragment").send(action="decline")
    found = re.search(r'content="0;url=http://localhost:8000([^"]+)"', page.html)
    assert found
    assert "Taking you back to the app" in page.html
    assert page.client.get(found[1])["Location"].startswith(f"{REDIRECT_URI}#error=access_denied")


def test_not_you(asked: Callable[..., Visitor], visitor: Visitor, bob: User) -> None:
    from identity.services.users import set_password

    set_password(bob, password="copper lantern 77", actor=SYSTEM)
    User.objects.filter(id=bob.id).update(username="bob", username_key="bob")
    page = asked().send(action="switch")
    assert page.path == "/sign-in"
    page.send(identifier="bob", password="copper lantern 77")
    page = forward(page)
    assert page.path == "/consent"
    assert "bob@example.com" in page.html
    assert "Alice" not in page.html
    assert Session.objects.get().user_id == bob.id, "the other user's session ended"
    assert "code" in page.send(action="allow").arrive()
    assert Grant.objects.get().user_id == bob.id


def test_choosing_organizations(asked: Callable[..., Visitor], corp: Organization, alice: User) -> None:
    other = create_organization(name="Other", actor=SYSTEM)
    add_members(other, user_ids=[alice.id], actor=SYSTEM)
    page = asked(scope=f"openid {ORGANIZATIONS}")
    assert page.html.count('type="checkbox"') == 2
    assert " checked" not in page.html
    assert "code" in page.send(action="allow", organization=corp.id).arrive()
    assert [found.member.organization_id for found in ConsentedOrganization.objects.all()] == [corp.id]


def test_the_organization_that_is_asked_for_is_chosen_already(
    asked: Callable[..., Visitor], corp: Organization
) -> None:
    page = asked(scope=f"openid {ORGANIZATIONS}", organization_id=corp.id)
    assert f'value="{corp.id}" id="organization-{corp.id}" checked' in page.html


def test_nobody_without_organizations_is_asked_to_choose(asked: Callable[..., Visitor]) -> None:
    page = asked(scope=f"openid {ORGANIZATIONS}")
    assert "You do not belong to an organization yet." in page.html
    assert "code" in page.send(action="allow").arrive()


def test_nothing_new(asked: Callable[..., Visitor], visitor: Visitor) -> None:
    asked().send(action="allow").arrive()
    page = visitor.open(prompt="consent")
    assert page.path == "/consent"
    assert "It already has the access it asks for." in page.html
    assert "code" in page.send(action="allow").arrive()


@pytest.mark.parametrize(
    ("language", "title"),
    [("de", "Paper &lt;Mill&gt; erlauben, Ihr Konto zu verwenden?"), ("ar", "هل تسمح"), ("zh-TW", "允許")],
)
def test_it_speaks_the_users_language(asked: Callable[..., Visitor], language: str, title: str) -> None:
    page = asked(ui_locales=language)
    assert title in page.html
    assert ('dir="rtl"' in page.html) == (language == "ar")


class TestHostile:
    def test_a_tampered_form_cannot_widen(
        self, asked: Callable[..., Visitor], corp: Organization, application: Application
    ) -> None:
        page = asked(scope="openid profile")
        page.send(action="allow", organization=corp.id, scope="email", scopes="email", resource=API)
        assert "code" in page.arrive()
        assert Grant.objects.get().scopes == ["openid", "profile"]
        assert ConsentedOrganization.objects.count() == 0, "organizations were not asked for"

    def test_a_foreign_organization(self, asked: Callable[..., Visitor], corp: Organization) -> None:
        theirs = create_organization(name="Theirs", actor=SYSTEM)
        page = asked(scope=f"openid {ORGANIZATIONS}").send(action="allow", organization=theirs.id)
        assert page.response.status_code == 422
        assert "Theirs" not in page.html
        assert (Grant.objects.count(), ConsentedOrganization.objects.count()) == (0, 0)

    @pytest.mark.parametrize("action", ["allow", "decline", "switch"])
    def test_without_the_forms_token(self, asked: Callable[..., Visitor], action: str) -> None:
        page = asked()
        answer = page.client.post(f"/consent?app_id={page.application.id}", {"action": action})
        assert answer.status_code == 403
        assert page.go(f"/consent?app_id={page.application.id}").response.status_code == 200

    def test_sending_twice(self, asked: Callable[..., Visitor]) -> None:
        page = asked()
        first = page.html
        page.send(action="allow")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', first)
        assert token
        again: Any = page.client.post(
            f"/consent?app_id={page.application.id}", {"action": "allow", "csrfmiddlewaretoken": token[1]}
        )
        assert again.status_code == 200
        assert "code" in page.arrive()
        assert page.go(f"/consent?app_id={page.application.id}").path == "/unknown-session"
        assert Grant.objects.count() == 1

    def test_no_frame_holds_it(self, asked: Callable[..., Visitor]) -> None:
        page = asked()
        policy = page.response["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert page.response["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
        assert "no-store" in page.response["Cache-Control"]

    def test_at_another_tenant(self, asked: Callable[..., Visitor]) -> None:
        page = asked()
        answer = page.client.get(f"/consent?app_id={page.application.id}", headers={"host": "acme.localhost:8000"})
        assert (answer.status_code, answer["Location"]) == (303, "/unknown-session")

    def test_when_the_session_is_over(self, asked: Callable[..., Visitor]) -> None:
        page = asked()
        Session.objects.all().delete()
        assert page.send(action="allow").path == "/unknown-session"
        assert Grant.objects.count() == 0

    def test_when_the_application_may_not_ask_any_more(
        self, asked: Callable[..., Visitor], application: Application
    ) -> None:
        page = asked(scope="openid email")
        disallow_user_consent_scope(application, scope_type=ScopeType.USER_SCOPES, scope_id="email", actor=SYSTEM)
        assert page.send(action="allow").arrive()["error"] == ["invalid_scope"]

    def test_links_and_images_are_web_addresses(self, asked: Callable[..., Visitor], application: Application) -> None:
        """The service refuses such addresses; the page does not rely on it."""
        ApplicationSignInExperience.objects.filter(application=application).update(
            branding={"logoUrl": "javascript:alert(1)"},
            terms_of_use_url="javascript:alert(1)",
            privacy_policy_url="data:text/html,x",
        )
        page = asked()
        assert "javascript:" not in page.html
        assert "data:text" not in page.html


def test_pages_of_a_sign_in_lead_to_the_consent_under_way(asked: Callable[..., Visitor]) -> None:
    page = asked()
    assert page.go(f"/sign-in?app_id={page.application.id}").path == "/consent"


def test_a_third_party_does_not_restyle_the_sign_in_page(visitor: Visitor, application: Application) -> None:
    set_application_sign_in_experience(application, custom_css="h1 { display: none }", actor=SYSTEM)
    assert "display: none" not in visitor.open().html
    Application.objects.filter(id=application.id).update(is_third_party=False)
    assert "display: none" in visitor.open().html
    assert (
        "display: none" in visitor.client.get(f"/api/.well-known/sign-in-exp?appId={application.id}").content.decode()
    )


def test_permissions_that_the_user_lacks_are_not_shown(
    asked: Callable[..., Visitor], application: Application, alice: User
) -> None:
    resource = create_resource(name="Documents", indicator=API, actor=SYSTEM)
    create_scope(resource, name="read:documents", actor=SYSTEM)
    ids = list(Scope.objects.filter(resource=resource).values_list("id", flat=True))
    allow_user_consent_scopes(application, resource_scope_ids=ids, actor=SYSTEM)
    page = asked(scope="openid read:documents", resource=API)
    assert "Documents" not in page.html
