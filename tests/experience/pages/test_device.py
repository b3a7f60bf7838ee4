"""The pages on which people answer devices, without JavaScript and with forged posts refused."""

import re
from typing import Any

import pytest
from django.test import Client

from access.models import Resource
from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from applications.models import Application, ApplicationSignInExperience
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from identity.models import User
from identity.services.roles import assign_user_roles
from oidc.models import ConsentedOrganization
from organizations.models import Organization, OrganizationMember
from tenants.models import Tenant
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.oidc.device.devices import Device, make_device_application


class Traveller(Visitor):
    """Passes through the provider on the way from page to page."""

    def go(self, address: str) -> Visitor:
        self.response = self.client.get(address)
        return self._follow()

    def send(self, **fields: str) -> Visitor:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.html)
        assert token, self.html
        address = f"{self.path}?{self.response.request['QUERY_STRING']}"
        self.response = self.client.post(address, {**fields, "csrfmiddlewaretoken": token[1]})
        return self._follow()

    def _follow(self) -> Visitor:
        while self.response.status_code in (302, 303):
            self.response = self.client.get(self.response["Location"])
        return self


@pytest.fixture
def visitor(application: Application) -> Visitor:
    return Traveller(application)


@pytest.fixture
def television(tenant: Tenant) -> Application:
    return make_device_application()


@pytest.fixture
def tv(television: Application) -> Device:
    return Device(television).start()


@pytest.fixture
def documents(alice: User) -> Resource:
    resource = create_resource(name="Documents", indicator="https://api.example.com", actor=SYSTEM)
    scope = create_scope(resource, name="read", description="Read your documents", actor=SYSTEM)
    role = create_role(name="reader", description="May read", scope_ids=[scope.id], actor=SYSTEM)
    assign_user_roles(alice, role_ids=[role.id], actor=SYSTEM)
    return resource


def text_of(visitor: Visitor) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", visitor.html, flags=re.S))


def send_with(visitor: Visitor, **fields: str) -> Visitor:
    """Press a button with what the page's form holds."""
    found = re.search(r'name="for" value="(\w+)"', visitor.html)
    return visitor.send(**({"for": found[1]} if found else {}), **fields)


class TestJourneys:
    def test_a_code_is_typed_and_the_question_answered(self, visitor: Visitor, tv: Device, alice: User) -> None:
        visitor.go("/device")
        assert "Enter the code that your device shows." in text_of(visitor)
        visitor.send(user_code=tv.user_code.lower())
        assert visitor.path == "/sign-in"
        assert "Orchard TV" in text_of(visitor)
        visitor.send(identifier="alice", password=PASSWORD)
        go_on(visitor)
        assert visitor.path == "/device"
        page = text_of(visitor)
        assert "Let Orchard TV use your account?" in page
        assert "Alice Archer" in page
        assert tv.user_code in page
        assert "See your name, picture and other profile details" in page
        send_with(visitor, action="allow")
        assert visitor.path == "/device/success"
        assert "Your device is connected" in text_of(visitor)
        assert tv.poll().status_code == 200

    def test_the_complete_address_shows_the_code_to_be_compared(
        self, visitor: Visitor, tv: Device, alice: User
    ) -> None:
        visitor.go(address_of(tv))
        page = text_of(visitor)
        assert "Connect Orchard TV?" in page
        assert tv.user_code in page
        visitor.send().send(identifier="alice", password=PASSWORD)
        go_on(visitor)
        assert "Let Orchard TV use your account?" in text_of(visitor)
        assert tv.error()[1] == "authorization_pending"
        send_with(visitor, action="allow")
        assert tv.poll().status_code == 200

    @pytest.mark.parametrize("is_signed_in", [True, False])
    def test_declining(self, visitor: Visitor, tv: Device, alice: User, is_signed_in: bool) -> None:
        visitor.go(address_of(tv))
        if is_signed_in:
            visitor.send().send(identifier="alice", password=PASSWORD)
            go_on(visitor)
        visitor.send(action="decline")
        assert (visitor.path, visitor.error_codes) == ("/device", ["device_flow.aborted"])
        assert tv.error() == (400, "access_denied")

    def test_somebody_else_answers(self, visitor: Visitor, tv: Device, alice: User, bob: User) -> None:
        visitor.go(address_of(tv)).send().send(identifier="alice", password=PASSWORD)
        go_on(visitor)
        visitor.send(action="switch")
        assert visitor.path == "/sign-in"
        assert tv.error()[1] == "authorization_pending"


def address_of(tv: Device) -> str:
    return str(tv.codes["verification_uri_complete"].removeprefix("http://localhost:8000"))


def go_on(visitor: Visitor) -> None:
    forward = re.search(r'content="0;url=http://localhost:8000([^"]+)"', visitor.html)
    assert forward, visitor.html
    visitor.go(forward[1])


class TestEntry:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [("", "user_code: device_flow.no_code"), ("BCDF-GHJK", "user_code: device_flow.not_found")],
    )
    def test_what_is_wrong_is_said_at_the_field(self, visitor: Visitor, tv: Device, typed: str, code: str) -> None:
        visitor.go("/device").send(user_code=typed)
        assert visitor.error_codes == [code]
        assert visitor.html.count("autofocus") == 1
        assert 'aria-invalid="true"' in visitor.html
        assert not typed or f'value="{typed}"' in visitor.html

    def test_the_address_cannot_put_words_into_the_page(self, visitor: Visitor, tv: Device) -> None:
        visitor.go("/device?error=Call+0900&input_code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert "0900" not in visitor.html
        assert "<script>alert" not in visitor.html

    def test_a_code_typed_over_one_of_the_address_counts(self, visitor: Visitor, tv: Device) -> None:
        for _ in range(10):
            visitor.go("/device?user_code=BCDF-GHJK")
        visitor.client.cookies.pop("_device")
        visitor.send(user_code=tv.user_code)
        assert visitor.path == "/sign-in"

    def test_it_has_nothing_to_do_with_a_sign_in_under_way(self, visitor: Visitor, tv: Device) -> None:
        visitor.open().go("/device")
        assert "Shop" not in text_of(visitor)


class TestForgery:
    def test_posts_without_a_token_are_refused(self, tv: Device) -> None:
        client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000")
        for address in ("/device", address_of(tv)):
            assert client.post(address, {"user_code": tv.user_code, "action": "decline"}).status_code == 403
        assert tv.error()[1] == "authorization_pending"

    @pytest.mark.parametrize("path", ["/device", "/device/success"])
    def test_nobody_frames_or_keeps_the_pages(self, visitor: Visitor, tv: Device, path: str) -> None:
        visitor.go(path)
        assert "frame-ancestors 'none'" in visitor.response["Content-Security-Policy"]
        assert "no-store" in visitor.response["Cache-Control"]

    @pytest.mark.parametrize("query", ["", "?user_code=BCDF-GHJK&error=NotFoundError"])
    def test_the_providers_address_leads_here(self, tv: Device, client: Client, query: str) -> None:
        answer = client.get(f"/oidc/device{query}")
        assert answer.status_code == 303
        assert answer["Location"].startswith(f"/device{query or '?'}")


class TestQuestion:
    def asked(self, visitor: Visitor, tv: Device) -> str:
        visitor.go(address_of(tv)).send().send(identifier="alice", password=PASSWORD)
        go_on(visitor)
        return text_of(visitor)

    def test_it_says_what_of_which_api(self, visitor: Visitor, television: Application, documents: Resource) -> None:
        tv = Device(television).start(resource="https://api.example.com", scope="openid read")
        page = self.asked(visitor, tv)
        assert "Documents" in page
        assert "Read your documents" in page

    def test_the_tenants_own_application_sees_every_organization(
        self, visitor: Visitor, television: Application, alice: User
    ) -> None:
        scope = "openid urn:logto:scope:organizations urn:logto:scope:organization_roles"
        page = self.asked(visitor, Device(television).start(scope=scope))
        assert "See your organizations" in page
        assert "See your roles in your organizations" in page
        assert "Choose your organizations" not in page

    def test_it_speaks_the_language_that_the_device_asks_for(
        self, visitor: Visitor, television: Application, alice: User
    ) -> None:
        tv = Device(television).start(ui_locales="de")
        visitor.go(address_of(tv))
        assert 'lang="de"' in visitor.html
        assert "Orchard TV verbinden?" in text_of(visitor)

    def test_names_are_text(self, visitor: Visitor, tenant: Tenant, alice: User) -> None:
        tv = Device(make_device_application("<b>TV</b> %(application)s")).start()
        assert "<b>" not in visitor.go(address_of(tv)).html
        self.asked(visitor, tv)
        assert "<b>" not in visitor.html


class TestThirdParty:
    @pytest.fixture
    def other(self, tenant: Tenant) -> Application:
        application = make_device_application("Foreign TV", is_third_party=True)
        names = ["openid", "profile", "urn:logto:scope:organizations"]
        allow_user_consent_scopes(application, user_scopes=names[1:], actor=SYSTEM)
        ApplicationSignInExperience.objects.create(application=application, display_name="Cinema at home")
        return application

    @pytest.mark.parametrize("is_chosen", [True, False])
    def test_organizations_are_chosen(
        self, visitor: Visitor, other: Application, alice: User, bob: User, is_chosen: bool
    ) -> None:
        wayne = Organization.objects.create(name="Wayne")
        member = OrganizationMember.objects.create(organization=wayne, user=alice)
        tv = Device(other).start(scope="openid profile urn:logto:scope:organizations")
        page = TestQuestion().asked(visitor, tv)
        assert "Let Cinema at home use your account?" in page
        assert "Wayne" in page
        chosen: dict[str, Any] = {"organization": wayne.id} if is_chosen else {}
        send_with(visitor, action="allow", **chosen)
        assert visitor.path == "/device/success"
        assert list(ConsentedOrganization.objects.values_list("member", flat=True)) == [member.id] * is_chosen
        assert tv.poll().status_code == 200

    def test_an_organization_of_others_is_refused(
        self, visitor: Visitor, other: Application, alice: User, bob: User
    ) -> None:
        wayne = Organization.objects.create(name="Wayne")
        OrganizationMember.objects.create(organization=wayne, user=bob)
        tv = Device(other).start(scope="openid profile urn:logto:scope:organizations")
        assert "Wayne" not in TestQuestion().asked(visitor, tv)
        send_with(visitor, action="allow", organization=wayne.id)
        assert visitor.response.status_code == 422
        assert tv.error()[1] == "authorization_pending"
        assert not ConsentedOrganization.objects.exists()

    def test_scopes_beyond_its_configuration_are_refused_when_it_asks(self, other: Application) -> None:
        answer = Device(other).ask(scope="openid email")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
