"""RFC 8707, Resource Indicators, at the authorization endpoint."""

import pytest

from access.models import Resource
from identity.models import User
from oidc.models import Application
from tests.oidc.authorization.browsing import Browser, answer_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "resource", ["api", "/api", "https://api.example.com#f", "https://api.example.com/", "https://[::"]
)
def test_2_an_unknown_or_malformed_resource_is_an_invalid_target(
    browser: Browser, spa: Application, documents: Resource, resource: str
) -> None:
    assert answer_of(browser.authorize(spa.id, resource=resource))["error"] == "invalid_target"


def test_2_several_resources_may_be_named(browser: Browser, spa: Application, alice: User, documents: Resource) -> None:
    resources = [documents.indicator, "urn:logto:resource:organizations"]
    assert "code" in answer_of(browser.signed_in(spa.id, alice, resource=resources))


def test_2_another_tenants_resource_is_unknown(acme_spa: Application, documents: Resource, mallory: User) -> None:
    answer = answer_of(Browser("acme").authorize(acme_spa.id, resource=documents.indicator))
    assert answer["error"] == "invalid_target"
