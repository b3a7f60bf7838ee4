"""Enterprise SSO in the console: set up, checked, tested, changed and deleted."""

import base64
import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from lxml import etree

from applications.services.applications import create_application
from common.actors import SYSTEM
from common.clock import now
from common.http import Response
from common.saml.authn_requests import parse_authn_request
from common.saml.bindings import decode_redirect
from connectors.enterprise.selectors import config_of, list_signing_keys
from connectors.enterprise.services.connectors import create_sso_connector
from connectors.models import SsoConnector, SsoSigningKey
from connectors.oauth import documents
from connectors.oauth.discovery import forget_published
from console.tenancy import ConsoleRole
from experience.models import IdpInitiatedSignIn
from identity.models import SsoIdentity
from identity.services.users import create_user
from organizations.models import JitSsoConnector
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.connectors.enterprise.initech import MANUAL
from tests.connectors.enterprise.test_saml_metadata import document
from tests.console.conftest import browser_of, developer
from tests.spec.saml.messages import respond

LIST = "/console/default/connectors/ssoconnector/"
ISSUER = "https://id.initech.example"


@pytest.fixture
def initech(installation: dict[str, Any]) -> SsoConnector:
    """A SAML connector of tenant `default`."""
    with enter_tenant("default"):
        return create_sso_connector(
            provider_name="SAML", connector_name="Initech", config=MANUAL, domains=["initech.example"], actor=SYSTEM
        )


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Initech's OpenID provider publishes."""
    forget_published()
    found = {"issuer": ISSUER} | {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
    found["jwks_uri"] = f"{ISSUER}/jwks"
    monkeypatch.setattr(
        documents, "call", lambda *_arguments, **_options: Response(200, {}, json.dumps(found).encode())
    )
    return found


def form_of(console: Client, page: str) -> dict[str, Any]:
    """What a browser would send of a page's form."""
    tree = etree.HTML(console.get(page).content.decode())
    (form,) = [found for found in tree.iter("form") if (found.get("id") or "").endswith("_form")]
    values: dict[str, Any] = {}
    for field in form.iter("input", "textarea", "select"):
        name, kind = field.get("name"), field.get("type")
        if not name or "__prefix__" in name or (kind == "checkbox" and field.get("checked") is None):
            continue
        if field.tag == "select":
            chosen = [option.get("value") for option in field.iter("option") if option.get("selected") is not None]
            values[name] = chosen if field.get("multiple") is not None else (chosen or [""])[0]
        else:
            values[name] = (
                (field.text or "").lstrip("\n")
                if field.tag == "textarea"
                else field.get("value", "on" if kind == "checkbox" else "")
            )
    return values


def page_of(connector: SsoConnector, part: str = "change") -> str:
    return f"{LIST}{connector.pk}/{part}/"


def save(console: Client, connector: SsoConnector, **changes: Any) -> Any:
    return console.post(page_of(connector), form_of(console, page_of(connector)) | changes)


def stored(connector: SsoConnector) -> SsoConnector:
    with enter_tenant("default"):
        return SsoConnector.objects.get(id=connector.pk)


def errors_of(response: Any) -> str:
    found = re.findall(r'class="[^"]*errorlist[^"]*".*?</ul>|text-red-[^>]*>.*?<', response.content.decode(), re.DOTALL)
    return unescape(" ".join(found))


def test_a_provider_is_chosen_then_named_then_set_up(console: Client) -> None:
    choice = console.get(f"{LIST}add/").content.decode()
    for name in ("OIDC", "Okta", "AzureAdOidc", "GoogleWorkspace", "SAML", "AzureAD"):
        assert f'href="?provider={name}"' in choice
    response = console.post(f"{LIST}add/?provider=Okta", {"connector_name": "Initech"})
    with enter_tenant("default"):
        row = SsoConnector.objects.get()
    assert response["Location"].endswith(page_of(row))
    assert (row.provider_name, row.connector_name) == ("Okta", "Initech")
    page = console.get(page_of(row)).content.decode()
    assert f"http://localhost:8000/callback/{row.id}" in page
    assert "Sign-in redirect URI" in page
    assert "Set-up unfinished" in page


def test_the_same_name_is_refused_where_it_stands(console: Client, initech: SsoConnector) -> None:
    response = console.post(f"{LIST}add/?provider=Okta", {"connector_name": "Initech"})
    assert "Another enterprise connector has this name." in errors_of(response)


def test_a_connection_is_saved_and_its_secret_not_shown(console: Client, published: dict[str, Any]) -> None:
    with enter_tenant("default"):
        row = create_sso_connector(provider_name="OIDC", connector_name="Initech", actor=SYSTEM)
    values = {"config_issuer": ISSUER, "config_clientId": "gatehouse", "config_clientSecret": "s3cret value"}
    assert save(console, row, **values, domains="initech.com\ninitech.de").status_code == 302
    assert stored(row).domains == ["initech.com", "initech.de"]
    expected = {
        "issuer": ISSUER,
        "clientId": "gatehouse",
        "clientSecret": "s3cret value",
        "trustUnverifiedEmail": False,
    }
    assert config_of(stored(row)) == expected
    assert "s3cret value" not in console.get(page_of(row)).content.decode()
    assert save(console, row, config_clientId="other").status_code == 302
    assert config_of(stored(row)) == expected | {"clientId": "other"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"domains": "gmail.com"}, "Domains of public email providers cannot be used."),
        ({"domains": "initech"}, "This is not a domain name."),
        ({"config_signAuthnRequest": "on"}, "Signing requests needs an active signing key."),
        ({"config_x509Certificate": "nonsense"}, "This is not a certificate."),
        ({"logo": "javascript:alert(1)"}, "This is not an http(s) address."),
        ({"starts": "sent"}, "Choose the application."),
    ],
)
def test_a_refusal_is_in_words_and_nothing_is_saved(
    console: Client, initech: SsoConnector, changes: dict[str, str], words: str
) -> None:
    response = save(console, initech, sync_profile="on", **changes)
    assert response.status_code == 200
    assert words in unescape(response.content.decode())
    assert not stored(initech).sync_profile


def test_another_way_of_describing_the_identity_provider_takes_the_place_of_the_old(
    console: Client, initech: SsoConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = document("idp").decode()
    assert save(console, initech, source="metadata", config_metadata=metadata).status_code == 302
    assert set(config_of(stored(initech))) == {"metadata"}


def test_what_the_identity_provider_publishes_is_shown_before_it_is_saved(
    console: Client, initech: SsoConnector, published: dict[str, Any]
) -> None:
    found = console.post(page_of(initech, "check"), form_of(console, page_of(initech)))
    assert MANUAL["entityId"] in found.content.decode()
    with enter_tenant("default"):
        okta = create_sso_connector(provider_name="Okta", connector_name="Okta", actor=SYSTEM)
    values = {"config_issuer": ISSUER, "config_clientId": "a", "config_clientSecret": "b"}
    said = console.post(page_of(okta, "check"), form_of(console, page_of(okta)) | values).content.decode()
    assert f"{ISSUER}/token_endpoint" in said
    assert config_of(stored(okta)) == {}
    forget_published()
    published["issuer"] = "https://id.hooli.example"
    said = console.post(page_of(okta, "check"), form_of(console, page_of(okta)) | values).content.decode()
    assert "Another identity provider has answered" in said
    assert console.get(page_of(okta, "check")).status_code == 405


def test_keys_are_made_put_to_use_and_removed(console: Client, initech: SsoConnector) -> None:
    rows = {"signing_keys-TOTAL_FORMS": "1", "signing_keys-0-active": "on"}
    assert save(console, initech, **rows).status_code == 302
    with enter_tenant("default"):
        (key,) = SsoSigningKey.objects.all()
        assert [each.is_active for each in list_signing_keys(initech.pk)] == [True]
    assert save(console, initech, config_signAuthnRequest="on").status_code == 302
    assert config_of(stored(initech))["signAuthnRequest"] is True
    refused = save(console, initech, **{"signing_keys-0-DELETE": "on"})
    assert "An active signing key cannot be deleted." in unescape(refused.content.decode())
    with enter_tenant("default"):
        assert SsoSigningKey.objects.get() == key


def test_users_may_begin_at_the_identity_provider(console: Client, initech: SsoConnector) -> None:
    with enter_tenant("default"):
        metadata = {"redirectUris": ["https://shop.example/callback"], "postLogoutRedirectUris": []}
        shop = create_application(name="Shop", type="Traditional", oidc_client_metadata=metadata, actor=SYSTEM)
    values = {"starts": "sent", "application": shop.id, "auth_parameters": '{"scope": "openid email"}'}
    assert save(console, initech, **values).status_code == 302
    with enter_tenant("default"):
        row = IdpInitiatedSignIn.objects.get()
    assert (row.application_id, row.auto_send_authorization_request) == (shop.id, True)
    assert row.auth_parameters == {"scope": "openid email"}
    assert save(console, initech, starts="").status_code == 302
    with enter_tenant("default"):
        assert not IdpInitiatedSignIn.objects.exists()


# --- The test --------------------------------------------------------------------------------------------------------
def begin_test(console: Client, connector: SsoConnector) -> Any:
    """The request that the identity provider gets, and its relay state."""
    tree = etree.HTML(console.get(page_of(connector, "test")).content.decode())
    (link,) = [found.get("href") for found in tree.iter("a") if MANUAL["signInEndpoint"] in (found.get("href") or "")]
    message = decode_redirect(urlsplit(link).query)
    return parse_authn_request(message.xml), message.relay_state


def answer_test(request: Any, connector: SsoConnector, **changes: Any) -> str:
    values: dict[str, Any] = {
        "audience": f"http://localhost:8000/enterprise-sso/{connector.pk}",
        "destination": request.acs_url,
        "in_response_to": request.id,
        "moment": now(),
    }
    return base64.b64encode(etree.tostring(respond(**values | changes))).decode()


def test_a_sign_in_is_tried_and_what_was_received_is_shown(console: Client, initech: SsoConnector) -> None:
    request, state = begin_test(console, initech)
    assert request.acs_url == f"http://admin.localhost:8000{page_of(initech, 'test/acs')}"
    fields = {"SAMLResponse": answer_test(request, initech), "RelayState": state}
    # Another site's form comes without the developer's cookies.
    stranger = Client(HTTP_HOST="admin.localhost:8000", enforce_csrf_checks=True)
    bounce = stranger.post(page_of(initech, "test/acs"), fields)
    (form,) = etree.HTML(bounce.content.decode()).iter("form")
    assert form.get("action") == page_of(initech, "test/result")
    assert {field.get("name"): field.get("value") for field in form.iter("input")} == fields
    assert not stranger.session.keys()
    page = console.post(form.get("action"), fields)
    said = unescape(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    for shown in ("alice@example.com", "Received claims", "a, b", "none of the connector’s domains"):
        assert shown in said
    with enter_tenant("default"):
        assert not SsoIdentity.objects.exists()
    again = unescape(console.post(form.get("action"), fields).content.decode())
    assert "belongs to another test" in again


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signer": "mallory"}, "not signed with a certificate of this identity provider"),
        ({"audience": "https://other.example"}, "check the entity ID at the other side"),
        ({"destination": "https://other.example/acs"}, "check the ACS address at the other side"),
        ({"issuer": "https://other.example"}, "check its entity ID"),
        ({"in_response_to": "_other"}, "does not answer this request"),
    ],
)
def test_what_went_wrong_is_said_in_words(
    console: Client, initech: SsoConnector, changes: dict[str, Any], words: str
) -> None:
    request, state = begin_test(console, initech)
    fields = {"SAMLResponse": answer_test(request, initech, **changes), "RelayState": state}
    said = unescape(console.post(page_of(initech, "test/result"), fields).content.decode())
    assert "The test failed" in said
    assert words in said


def test_the_answer_to_another_developers_test_shows_nothing(console: Client, initech: SsoConnector) -> None:
    request, state = begin_test(console, initech)
    other = browser_of(developer("erin", default=ConsoleRole.ADMIN))
    begin_test(other, initech)
    fields = {"SAMLResponse": answer_test(request, initech), "RelayState": state}
    said = unescape(other.post(page_of(initech, "test/result"), fields).content.decode())
    assert "belongs to another test" in said
    assert "alice@example.com" not in said


def test_a_test_by_openid_connect_starts_with_the_consoles_own_address(
    console: Client, published: dict[str, Any]
) -> None:
    config = {"issuer": ISSUER, "clientId": "a", "clientSecret": "b"}
    with enter_tenant("default"):
        row = create_sso_connector(provider_name="OIDC", connector_name="O", config=config, actor=SYSTEM)
    tree = etree.HTML(console.get(page_of(row, "test")).content.decode())
    (link,) = [found.get("href") for found in tree.iter("a") if (found.get("href") or "").startswith(ISSUER)]
    query = {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()}
    assert query["redirect_uri"] == f"http://admin.localhost:8000{page_of(row, 'test/callback')}"
    refused = console.get(
        page_of(row, "test/callback"), {"state": query["state"], "error": "access_denied", "error_description": "No."}
    )
    said = unescape(refused.content.decode())
    assert "has refused the sign-in. (No.)" in said


# --- Who may ---------------------------------------------------------------------------------------------------------
def test_a_developer_of_another_tenant_finds_nothing(initech: SsoConnector) -> None:
    mallory = browser_of(developer("mallory", acme=ConsoleRole.ADMIN))
    for part in ("change", "test", "check", "test/callback", "test/result"):
        assert mallory.get(page_of(initech, part)).status_code == 404
        foreign = page_of(initech, part).replace("/default/", "/acme/")
        assert mallory.get(foreign).status_code in (302, 404, 405)


def test_what_goes_with_a_connector_is_said_before_it_is_deleted(console: Client, initech: SsoConnector) -> None:
    with enter_tenant("default"):
        peter = create_user(username="peter", name="Peter", actor=SYSTEM)
        SsoIdentity.objects.create(user=peter, connector=initech, issuer="idp", identity_id="peter")
        organization = create_organization(name="Initech Inc.", actor=SYSTEM)
        JitSsoConnector.objects.create(organization=organization, connector=initech)
    said = unescape(console.get(page_of(initech, "delete")).content.decode())
    for shown in ("1 user’s link", "Peter", "1 organization’s joining", "Initech Inc."):
        assert shown in said
    assert console.post(page_of(initech, "delete"), {"post": "yes"}).status_code == 302
    with enter_tenant("default"):
        assert not SsoConnector.objects.exists()


def test_an_organization_chooses_the_connectors_whose_users_join(console: Client, initech: SsoConnector) -> None:
    with enter_tenant("default"):
        organization = create_organization(name="Initech Inc.", actor=SYSTEM)
    page = f"/console/default/organizations/organization/{organization.pk}/change/"
    values = form_of(console, page) | {"sso_connector_ids": [initech.pk]}
    assert console.post(page, values).status_code == 302
    with enter_tenant("default"):
        assert JitSsoConnector.objects.get().connector_id == initech.pk
