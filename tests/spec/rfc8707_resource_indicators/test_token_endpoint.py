"""RFC 8707 section 2.2: resources at the token endpoint, and the audiences that follow."""

import pytest

from access.models import Resource
from applications.models import Application
from identity.models import User
from tests.oidc.tokens.parties import API, ORGANIZATIONS_RESOURCE, OTHER_API, Party, authorize, make_api

pytestmark = pytest.mark.django_db


def test_one_audience_a_token(spa: Party, alice: User) -> None:
    make_api(OTHER_API)
    token = spa.sign_in(alice, resources={API: "read:things", OTHER_API: ""})["refresh_token"]
    for resource in (API, OTHER_API):
        answer = spa.refresh(token, resource=resource).json()
        token = answer["refresh_token"]
        assert spa.claims(answer["access_token"], resource)["aud"] == resource
    assert spa.refresh(token, resource=[API, OTHER_API]).json()["error"] == "invalid_target"


def test_only_what_was_authorized(spa: Party, alice: User) -> None:
    make_api(OTHER_API)
    token = spa.sign_in(alice, resources={API: "read:things"})["refresh_token"]
    answer = spa.refresh(token, resource=OTHER_API)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert answer.json()["error_description"] == "resource indicator is missing, or unknown"


def test_the_organizations_resource_offers_the_template(spa: Party, alice: User, bob: User) -> None:
    granted = {ORGANIZATIONS_RESOURCE: "read:documents create:documents"}
    token = spa.sign_in(bob, resources=granted)["refresh_token"]
    answer = spa.refresh(token, resource=ORGANIZATIONS_RESOURCE).json()
    assert set(answer["scope"].split()) == {"read:documents", "create:documents"}


def test_a_third_party_gets_no_permissions_without_consent(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, resources={API: "read:things"})["refresh_token"]
    Application.objects.update(is_third_party=True)
    assert spa.refresh(token, resource=API).json()["scope"] == ""


def test_a_deleted_resource(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, resources={API: "read:things"})["refresh_token"]

    Resource.objects.filter(indicator=API).delete()
    assert spa.refresh(token, resource=API).json()["error"] == "invalid_target"


def test_named_at_the_authorization_endpoint_alone(spa: Party, alice: User) -> None:
    """A login without `resource` at the token endpoint: its token is for userinfo, and a refresh brings the API's."""
    answer = spa.sign_in(alice, resources={API: "read:things"})
    assert "." not in answer["access_token"]
    assert "read:things" not in answer["scope"].split()
    assert spa.userinfo(answer["access_token"]).status_code == 200
    renewed = spa.refresh(answer["refresh_token"], resource=API).json()
    assert spa.claims(renewed["access_token"], API)["scope"] == "read:things"


def test_at_the_code_exchange(spa: Party, alice: User) -> None:
    """The token is the API's; userinfo refuses it, which ends the login of libraries that ask there."""
    code = authorize(alice, spa.application, resources={API: "read:things"})
    answer = spa.redeem(code, resource=API).json()
    assert spa.claims(answer["access_token"], API)["scope"] == answer["scope"] == "read:things"
    assert spa.userinfo(answer["access_token"]).status_code == 401
