"""RFC 9207, Authorization Server Issuer Identification: every answer says who gives it."""

import pytest

from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import Browser, answer_of, query_of

pytestmark = pytest.mark.django_db


def test_2_iss_is_in_success_and_failure_and_once(browser: Browser, spa: Application, alice: User) -> None:
    refused = browser.authorize(spa.id, prompt="none")
    granted = browser.signed_in(spa.id, alice, iss="https://evil.example.com")
    for response in (refused, granted):
        assert query_of(response)["iss"] == ["http://localhost:8000/oidc"]


def test_2_each_tenant_is_its_own_issuer(browser: Browser, acme_spa: Application, mallory: User) -> None:
    answer = answer_of(Browser("acme").signed_in(acme_spa.id, mallory))
    assert answer["iss"] == "http://acme.localhost:8000/oidc"


def test_2_4_iss_is_the_metadatas_issuer(browser: Browser, spa: Application) -> None:
    metadata = browser.client.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert answer_of(browser.authorize(spa.id, prompt="none"))["iss"] == metadata["issuer"]
