"""Third-party applications, the device flow and client security in the console."""

import json
from typing import Any

import pytest
from django.test import Client

from access.management import management_api_indicator
from access.models import Scope
from access.services.resources import create_resource
from applications.models import Application, ApplicationSignInExperience
from applications.services.applications import create_application
from applications.services.consent_configuration import AUDIT_KEY, allow_user_consent_scopes
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from oidc.consent.selectors import get_application_sign_in_experience, get_consent_configuration
from organizations.models import OrganizationScope
from tenants.context import enter_tenant
from tests.console.conftest import browser_of

LIST = "/console/default/applications/application/"
P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Any:
    with enter_tenant("default"):
        yield


@pytest.fixture
def mill() -> Application:
    """A third-party application."""
    return create_application(name="Paper Mill", type="Traditional", is_third_party=True, actor=SYSTEM)


def permission(name: str = "read:letters") -> Scope:
    api = create_resource(name=name, indicator=f"https://{name.replace(':', '-')}.example", actor=SYSTEM)
    return Scope.objects.create(resource=api, name=name)


def save(client: Client, application: Application, **values: Any) -> Any:
    """Save the page with these values, none of its secrets touched."""
    rows = {"secrets-TOTAL_FORMS": "0", "secrets-INITIAL_FORMS": "0"}
    posted = {"name": application.name, "rotate_refresh_token": "on", **rows, **values}
    answer = client.post(f"{LIST}{application.id}/change/", posted)
    application.refresh_from_db()
    return answer


def errors(answer: Any) -> set[str]:
    assert answer.status_code == 200
    return set(answer.context["adminform"].form.errors)


def shown_fields(answer: Any) -> set[str]:
    return set(answer.context["adminform"].form.fields)


# --- creation --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["Traditional", "SPA", "Native"])
def test_flag_is_chosen_at_creation_only(console: Client, kind: str) -> None:
    console.post(f"{LIST}add/?type={kind}", {"name": "Mill", "third_party": "on"})
    mill = Application.objects.get(name="Mill")
    assert mill.is_third_party
    assert "third_party" not in shown_fields(console.get(f"{LIST}{mill.id}/change/"))
    own = create_application(name="Own", type=kind, actor=SYSTEM)
    save(console, own, third_party="on", is_third_party="on", consent_user_scopes=["email"])
    assert not own.is_third_party
    assert get_consent_configuration(own).user_scopes == []


def test_machines_are_never_third_party(console: Client) -> None:
    assert "third_party" not in shown_fields(console.get(f"{LIST}add/?type=MachineToMachine"))
    console.post(f"{LIST}add/?type=MachineToMachine", {"name": "Robot", "third_party": "on", "device_flow": "on"})
    robot = Application.objects.get(name="Robot")
    assert not robot.is_third_party
    assert robot.custom_client_metadata == {}


def test_what_the_page_does_not_show_stays_unset(console: Client) -> None:
    console.post(f"{LIST}add/?type=SPA", {"name": "Plain", "redirect_uris_": "https://plain.example/cb"})
    plain = Application.objects.get(name="Plain")
    assert plain.custom_client_metadata == {}
    assert plain.oidc_client_metadata == {"redirectUris": ["https://plain.example/cb"], "postLogoutRedirectUris": []}


def test_device_flow_is_chosen_at_creation_and_stays(console: Client) -> None:
    assert "device_flow" not in shown_fields(console.get(f"{LIST}add/?type=SPA"))
    console.post(f"{LIST}add/?type=Native", {"name": "Television", "device_flow": "on"})
    television = Application.objects.get(name="Television")
    assert television.custom_client_metadata == {"isDeviceFlow": True}
    page = console.get(f"{LIST}{television.id}/change/")
    assert not {"redirect_uris_", "device_flow", "require_pushed"} & shown_fields(page)
    answer = save(console, television, description="In the living room")
    assert answer.status_code == 302
    assert television.description == "In the living room"
    assert television.custom_client_metadata["isDeviceFlow"] is True


def test_list_marks_them(console: Client, mill: Application) -> None:
    create_application(name="Own", type="SPA", actor=SYSTEM)
    page = console.get(LIST).content.decode()
    assert page.count("Third-party</span>") == 1


# --- what it may ask for ---------------------------------------------------------------------------------------------
def test_permissions_are_added_and_taken_away(console: Client, carol: User, mill: Application) -> None:
    read, write = permission("read:letters"), permission("write:letters")
    manage = OrganizationScope.objects.create(name="manage:members")
    answer = save(
        console,
        mill,
        consent_user_scopes=["profile", "email"],
        consent_api_permissions=[read.id, write.id],
        consent_organization_permissions=[manage.id],
        consent_organization_api_permissions=[write.id],
    )
    assert answer.status_code == 302
    held = get_consent_configuration(mill)
    assert held.user_scopes == ["profile", "email"]
    assert {scope.id for api in held.resource_scopes for scope in api.scopes} == {read.id, write.id}
    assert [scope.id for scope in held.organization_scopes] == [manage.id]
    assert [scope.id for api in held.organization_resource_scopes for scope in api.scopes] == [write.id]
    event = AuditLog.objects.get(key=AUDIT_KEY)
    assert event.payload["actor"]["id"] == carol.id

    form = console.get(f"{LIST}{mill.id}/change/").context["adminform"].form
    assert form["consent_organization_permissions"].initial == [manage.id]
    save(console, mill, consent_user_scopes=["email", "phone"], consent_api_permissions=[write.id])
    held = get_consent_configuration(mill)
    assert held.user_scopes == ["email", "phone"]
    assert [scope.id for api in held.resource_scopes for scope in api.scopes] == [write.id]
    assert held.organization_scopes == []
    assert held.organization_resource_scopes == []


def test_management_api_and_foreign_permissions_cannot_be_chosen(console: Client, mill: Application) -> None:
    management = Scope.objects.get(resource__indicator=management_api_indicator("default"))
    with enter_tenant("acme"):
        foreign = permission("read:secrets")
        foreign_template = OrganizationScope.objects.create(name="manage:all")
    for field, value in {
        "consent_user_scopes": "openid",
        "consent_api_permissions": management.id,
        "consent_organization_api_permissions": foreign.id,
        "consent_organization_permissions": foreign_template.id,
    }.items():
        assert errors(save(console, mill, **{field: [value]})) == {field}
    held = get_consent_configuration(mill)
    assert not any((held.user_scopes, held.resource_scopes, held.organization_scopes))


# --- how it presents itself ------------------------------------------------------------------------------------------
def test_presentation(console: Client, mill: Application) -> None:
    set_application_sign_in_experience(
        mill, branding={"favicon": "https://mill.example/f.ico"}, custom_css="a {}", actor=SYSTEM
    )
    answer = save(
        console,
        mill,
        shown_name="The Mill",
        shown_logo_url="https://mill.example/logo.svg",
        shown_terms_url="https://mill.example/terms",
        shown_privacy_url="https://mill.example/privacy",
    )
    assert answer.status_code == 302
    shown = get_application_sign_in_experience(mill)
    assert (shown.display_name, shown.custom_css) == ("The Mill", "a {}")
    assert shown.branding == {"favicon": "https://mill.example/f.ico", "logoUrl": "https://mill.example/logo.svg"}
    assert shown.terms_of_use_url == "https://mill.example/terms"

    save(console, mill, shown_privacy_url="https://mill.example/privacy")
    shown = get_application_sign_in_experience(mill)
    assert (shown.display_name, shown.terms_of_use_url) == (None, None)
    assert shown.branding == {"favicon": "https://mill.example/f.ico"}
    assert shown.privacy_policy_url == "https://mill.example/privacy"


@pytest.mark.parametrize("field", ["shown_logo_url", "shown_dark_logo_url", "shown_terms_url", "shown_privacy_url"])
def test_addresses_are_web_addresses(console: Client, mill: Application, field: str) -> None:
    assert errors(save(console, mill, shown_name="X", **{field: "javascript:alert(1)"})) == {field}
    assert not ApplicationSignInExperience.objects.exists()


def test_collaborator_of_tenant_admin_only_looks(dave: User) -> None:
    with enter_tenant("admin"):
        mill = create_application(name="Mill", type="SPA", is_third_party=True, actor=SYSTEM)
        allow_user_consent_scopes(mill, user_scopes=["email"], actor=SYSTEM)
    browser, page = browser_of(dave), f"/console/admin/applications/application/{mill.id}/change/"
    assert browser.get(page).status_code == 200
    posted = {"name": "Mill", "consent_user_scopes": ["email", "phone"], "shown_name": "X"}
    assert browser.post(page, posted).status_code == 403
    with enter_tenant("admin"):
        assert get_consent_configuration(mill).user_scopes == ["email"]
        assert not ApplicationSignInExperience.objects.exists()


# --- client security -------------------------------------------------------------------------------------------------
def test_client_security(console: Client) -> None:
    bank = create_application(name="Bank", type="Traditional", actor=SYSTEM)
    keys = {"keys": [P256]}
    answer = save(
        console,
        bank,
        authentication="private_key_jwt",
        jwks=json.dumps(keys),
        require_pushed="on",
        require_dpop="on",
        require_signed="on",
        jwt_responses="on",
        authentication_claims="on",
        profile="fapi2",
    )
    assert answer.status_code == 302
    stored = bank.custom_client_metadata
    assert (stored["tokenEndpointAuthMethod"], stored["jwks"]) == ("private_key_jwt", keys)
    flags = {
        "requirePushedAuthorizationRequests",
        "requireSignedRequestObject",
        "allowJwtResponseModes",
        "requireDpop",
        "authenticationClaims",
    }
    assert all(stored[name] is True for name in flags)
    assert stored["protocolProfile"] == "fapi2"
    save(console, bank)
    members = flags | {"tokenEndpointAuthMethod", "jwks", "jwksUri", "protocolProfile"}
    assert not members & bank.custom_client_metadata.keys()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"authentication": "private_key_jwt"}, "jwks"),
        ({"jwks": '{"keys": []}'}, "jwks"),
        ({"jwks_uri": "ftp://bank.example/jwks.json"}, "jwks_uri"),
        ({"jwks_uri": "https://bank.example/jwks.json", "jwks": json.dumps({"keys": [P256]})}, "jwks_uri"),
        ({"authentication": "none"}, "authentication"),
        ({"require_signed": "on"}, "jwks"),
        ({"profile": "fapi2"}, "profile"),
    ],
)
def test_refused_security_is_shown_at_its_field(console: Client, values: dict[str, str], field: str) -> None:
    bank = create_application(name="Bank", type="Traditional", actor=SYSTEM)
    assert errors(save(console, bank, **values)) == {field}
    assert bank.custom_client_metadata == {}


def test_public_applications_have_no_authentication(console: Client) -> None:
    page = create_application(name="Page", type="SPA", actor=SYSTEM)
    shown = shown_fields(console.get(f"{LIST}{page.id}/change/"))
    assert {"require_pushed", "require_signed", "jwt_responses", "require_dpop", "jwks", "jwks_uri"} <= shown
    assert "authentication" not in shown


def test_machines_sign_nobody_in(console: Client) -> None:
    machine = create_application(name="Robot", type="MachineToMachine", actor=SYSTEM)
    shown = shown_fields(console.get(f"{LIST}{machine.id}/change/"))
    assert {"authentication", "jwks", "jwks_uri", "require_dpop"} <= shown
    assert not {"require_pushed", "require_signed", "jwt_responses", "authentication_claims"} & shown
