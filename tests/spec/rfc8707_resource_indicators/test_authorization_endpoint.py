"""RFC 8707 section 2.1: resources at the authorization endpoint."""

from typing import Any

import pytest

from access.models import Resource
from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import Browser, answer_of
from tests.oidc.tokens.parties import ORGANIZATIONS_RESOURCE, REDIRECT_URI, Party

pytestmark = pytest.mark.django_db


def asked_for(browser: Browser, spa: Party, resource: str) -> dict[str, Any]:
    return answer_of(browser.authorize(spa.id, redirect_uri=REDIRECT_URI, resource=resource))


@pytest.mark.parametrize(
    "resource", ["api", "/api", "https://api.example.com#f", "https://api.example.com/", "https://[::"]
)
def test_2_an_unknown_or_malformed_resource_is_an_invalid_target(
    browser: Browser, spa: Party, api: Resource, resource: str
) -> None:
    assert asked_for(browser, spa, resource)["error"] == "invalid_target"


def test_2_several_resources_may_be_named(browser: Browser, spa: Party, alice: User, api: Resource) -> None:
    resources = [api.indicator, ORGANIZATIONS_RESOURCE]
    response = browser.signed_in(spa.id, alice, redirect_uri=REDIRECT_URI, resource=resources)
    assert "code" in answer_of(response)


def test_2_another_tenants_resource_is_unknown(acme_spa: Application, api: Resource) -> None:
    answer = answer_of(Browser("acme").authorize(acme_spa.id, resource=api.indicator))
    assert answer["error"] == "invalid_target"
