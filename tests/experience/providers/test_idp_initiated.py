"""Sign-ins that begin at an enterprise's SAML identity provider, and those that it answers, over HTTP."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from lxml import etree

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.clock import now
from common.saml.bindings import decode_redirect
from connectors.models import SsoConnector
from events.models import AuditLog
from experience.models import IdpInitiatedSignIn, Interaction, ReceivedAssertion
from experience.services.idp_initiated_sign_in import (
    COOKIE,
    delete_expired_assertions,
    sign_in_with_received,
)
from identity.models import SsoIdentity
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.connectors.enterprise.initech import ORIGIN, answer, create_saml_connector
from tests.experience.conftest import REDIRECT_URI, Browser, code_of
from tests.experience.providers.conftest import Traveler


@pytest.fixture
def initech(tenant: Tenant, settings_of: Any) -> SsoConnector:
    settings_of(singleSignOnEnabled=True)
    return create_saml_connector(domains=["acme.example", "example.com"])


@pytest.fixture
def website(tenant: Tenant) -> Application:
    """An application with a server of its own."""
    metadata = {"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []}
    return create_application(name="Site", type="Traditional", oidc_client_metadata=metadata, actor=SYSTEM)


@pytest.fixture
def idp(tenant: Tenant) -> Client:
    """The browser, as the identity provider's site sends it."""
    return Client(HTTP_HOST="localhost:8000", enforce_csrf_checks=True)


def _allow(connector: SsoConnector, application: Application, **values: Any) -> None:
    defaults = {"auto_send_authorization_request": True, "auth_parameters": {"scope": "openid email"}}
    IdpInitiatedSignIn.objects.create(connector=connector, application=application, **defaults | values)


def _post(client: Client, connector: SsoConnector, response: str, **fields: str) -> Any:
    return client.post(f"/api/authn/single-sign-on/saml/{connector.id}", {"SAMLResponse": response, **fields})


def _name_id(response: str) -> str:
    root = etree.fromstring(base64.b64decode(response))
    (found,) = root.iter("{urn:oasis:names:tc:SAML:2.0:assertion}NameID")
    return str(found.text)


def test_a_user_signs_in_by_saml(browser: Browser, initech: SsoConnector, idp: Client) -> None:
    browser.start()
    path = f"/verification/sso/{initech.id}"
    body = {"state": "s-1", "redirectUri": f"{ORIGIN}/callback/{initech.id}"}
    begun = browser.post(f"{path}/authorization-uri", body)[1]
    query = urlsplit(begun["authorizationUri"]).query
    sent = dict(parse_qsl(query))
    request_id = etree.fromstring(decode_redirect(query).xml).get("ID")
    response = answer(initech, request_id)
    arrived = _post(idp, initech, response, RelayState=sent["RelayState"])
    assert (arrived.status_code, arrived["Location"]) == (303, f"{ORIGIN}/callback/{initech.id}?state=s-1")
    browser.client.cookies.update(arrived.cookies)
    proof = {"verificationId": begun["verificationId"], "connectorData": {"state": "s-1"}}
    assert browser.post(f"{path}/verify", proof)[0] == 200
    assert code_of(browser.identify(begun["verificationId"])) == (404, "user.sso_identity_not_exist")
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert browser.identify(begun["verificationId"])[0] == 201
    browser.finish(browser.submit())
    assert SsoIdentity.objects.get().identity_id == _name_id(response)


@pytest.mark.parametrize("stolen", ["another request", "no request"])
def test_a_response_that_does_not_answer_the_journeys_request(
    browser: Browser, initech: SsoConnector, idp: Client, stolen: str
) -> None:
    """Somebody's own, valid response must not finish the journey of somebody else whose relay state they know."""
    browser.start()
    Traveler(browser, "sso", initech.id).start()
    relay_state = Interaction.objects.get().request_id
    response = answer(initech, "_other" if stolen == "another request" else None)
    assert _post(idp, initech, response, RelayState=relay_state).status_code == 401


def test_an_unasked_response_leads_to_the_application(initech: SsoConnector, website: Application, idp: Client) -> None:
    _allow(initech, website)
    response = answer(initech, None)
    arrived = _post(idp, initech, response, RelayState="https://portal.example/anything")
    assert arrived.status_code == 303
    parts = urlsplit(arrived["Location"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (f"{parts.scheme}://{parts.netloc}{parts.path}", query["direct_sign_in"]) == (
        f"{ORIGIN}/oidc/auth",
        f"sso:{initech.id}",
    )
    assert (query["client_id"], query["redirect_uri"], query["scope"], query["prompt"]) == (
        website.id,
        REDIRECT_URI,
        "openid email",
        "login",
    )
    cookie = arrived.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"] <= 600) == (True, "Lax", True)
    # The assertion is used up by this.
    assert _post(idp, initech, response).status_code == 401
    key = "Interaction.SignIn.Verification.IdpInitiatedSso.Create"
    told = [entry.payload for entry in AuditLog.objects.filter(key=key).order_by("created_at")]
    assert [payload["result"] for payload in told] == ["Success", "Error"]
    assert {(payload["connectorId"], payload["applicationId"]) for payload in told} == {(initech.id, website.id)}


def test_an_unasked_response_is_told_to_an_application_that_begins_itself(
    initech: SsoConnector, website: Application, idp: Client
) -> None:
    _allow(
        initech,
        website,
        auto_send_authorization_request=False,
        client_callback_uri="https://app.example.com/start?from=idp",
    )
    arrived = _post(idp, initech, answer(initech, None))
    assert arrived["Location"] == f"https://app.example.com/start?from=idp&ssoConnectorId={initech.id}"


def test_what_was_received_signs_in_once(
    browser: Browser, initech: SsoConnector, website: Application, idp: Client
) -> None:
    _allow(initech, website)
    received_id = _post(idp, initech, answer(initech, None)).cookies[COOKIE].value
    browser.start()
    journey = Interaction.objects.select_related("request").get()
    other = create_saml_connector("Other", domains=["other.example"])
    assert sign_in_with_received(journey, connector_id=other.id, received_id=received_id) is None
    proved = sign_in_with_received(journey, connector_id=initech.id, received_id=received_id)
    assert proved is not None
    assert sign_in_with_received(journey, connector_id=initech.id, received_id=received_id) is None
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert browser.identify(proved)[0] == 201


def test_what_was_received_is_good_for_ten_minutes(
    browser: Browser, initech: SsoConnector, website: Application, idp: Client
) -> None:
    _allow(initech, website)
    browser.start()
    journey = Interaction.objects.select_related("request").get()
    received_id = _post(idp, initech, answer(initech, None)).cookies[COOKIE].value
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert sign_in_with_received(journey, connector_id=initech.id, received_id=received_id) is None
    _post(idp, initech, answer(initech, None))
    assert ReceivedAssertion.objects.count() == 1
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        delete_expired_assertions()
    assert not ReceivedAssertion.objects.exists()


@pytest.mark.parametrize("received_id", ["", "nobody", "\0"])
def test_nothing_was_received(browser: Browser, initech: SsoConnector, received_id: str) -> None:
    browser.start()
    journey = Interaction.objects.select_related("request").get()
    assert sign_in_with_received(journey, connector_id=initech.id, received_id=received_id) is None


def test_connectors_that_are_not_set_up_for_it_take_no_unasked_response(
    initech: SsoConnector, website: Application, idp: Client, settings_of: Any
) -> None:
    assert _post(idp, initech, answer(initech, None)).status_code == 404
    _allow(initech, website)
    settings_of(singleSignOnEnabled=False)
    assert _post(idp, initech, answer(initech, None)).status_code == 404
    assert not ReceivedAssertion.objects.exists()


@pytest.mark.parametrize("signer", ["mallory"])
def test_an_unasked_response_of_somebody_else(
    initech: SsoConnector, website: Application, idp: Client, signer: str
) -> None:
    _allow(initech, website)
    assert _post(idp, initech, answer(initech, None, signer=signer)).status_code == 401
    assert _post(idp, initech, "not xml").status_code == 400


def test_another_tenants_connector_is_not_there(
    initech: SsoConnector, website: Application, tenants: dict[str, Tenant]
) -> None:
    _allow(initech, website)
    mallory = Client(HTTP_HOST="acme.localhost:8000")
    assert _post(mallory, initech, answer(initech, None, origin="http://acme.localhost:8000")).status_code == 404
    with enter_tenant("acme"):
        assert not ReceivedAssertion.objects.exists()
