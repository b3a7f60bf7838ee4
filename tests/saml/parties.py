"""A service provider that speaks SAML over a browser with the identity provider of a SAML application."""

import base64
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.saml.authn_requests import build_authn_request, new_message_id
from common.saml.bindings import post_fields, redirect_url
from common.saml.metadata_reading import parse_idp_metadata
from common.saml.names import BINDING_POST
from common.saml.responses import Assertion, verify_response
from identity.models import User
from saml.models import SamlApplicationConfig
from saml.services.applications import create_saml_application
from tenants.context import enter_tenant
from tests.oidc.authorization.browsing import Browser
from tests.spec.saml.messages import key_pair

ENTITY_ID = "https://sp.example/metadata"
ACS = "https://sp.example/acs"


def make_saml_application(**changes: Any) -> SamlApplicationConfig:
    settings: dict[str, Any] = {
        "entity_id": ENTITY_ID,
        "acs_url": {"binding": BINDING_POST, "url": ACS},
        "attribute_mapping": {"email": "mail", "name": "displayName", "username": "uid"},
    }
    return create_saml_application(name="Wiki", actor=SYSTEM, **{**settings, **changes})


class Form(HTMLParser):
    """The one form of a page: where it goes, and its fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = attributes["action"]
        if tag == "input":
            self.fields[attributes["name"]] = attributes["value"]


def form_of(response: Any) -> Form:
    assert response.status_code == 200, (response.status_code, response.content)
    return Form(response.content.decode())


@dataclass
class ServiceProvider:
    """A service provider, and the browser of one of its users."""

    application: Application
    browser: Browser = field(default_factory=Browser)
    request_id: str = ""

    @property
    def path(self) -> str:
        return f"/api/saml/{self.application.id}"

    @property
    def metadata_path(self) -> str:
        return f"/api/saml-applications/{self.application.id}/metadata"

    def request(self, **changes: Any) -> bytes:
        self.request_id = new_message_id()
        settings: dict[str, Any] = {
            "request_id": self.request_id,
            "issuer": ENTITY_ID,
            "destination": f"{self.browser.origin}{self.path}/authn",
            "acs_url": ACS,
            "moment": now(),
        }
        return build_authn_request(**{**settings, **changes})

    def redirect(self, xml: bytes | None = None, *, relay_state: str | None = None, **signing: Any) -> Any:
        """Send the browser with a request, by HTTP-Redirect."""
        message = self.request() if xml is None else xml
        url = redirect_url(
            f"{self.path}/authn", parameter="SAMLRequest", message=message, relay_state=relay_state, **signing
        )
        return self.browser.client.get(url, headers={"Sec-Fetch-Site": "cross-site"})

    def post(self, xml: bytes | None = None, *, relay_state: str | None = None) -> Any:
        """Send the browser with a request, by HTTP-POST from the service provider's site: without Lax cookies."""
        message = self.request() if xml is None else xml
        fields = post_fields(parameter="SAMLRequest", message=message, relay_state=relay_state)
        kept = dict(self.browser.client.cookies)
        self.browser.client.cookies.clear()
        response = self.browser.client.post(f"{self.path}/authn", fields, headers={"Sec-Fetch-Site": "cross-site"})
        self.browser.client.cookies.update({**kept, **self.browser.client.cookies})
        return response

    def follow(self, response: Any) -> Any:
        """Follow redirects within the identity provider."""
        while response.status_code == 303 and not response["Location"].startswith("/sign-in"):
            location = urlsplit(response["Location"])
            assert location.netloc in ("", urlsplit(self.browser.origin).netloc), response["Location"]
            response = self.browser.client.get(f"{location.path}?{location.query}")
        return response

    def sign_in(self, response: Any, user: User, *, submission: dict[str, Any] | None = None) -> Any:
        """Go to the sign-in page, sign in, and come back with the page that posts the response."""
        reached = self.follow(response)
        assert reached.status_code == 303, (reached.status_code, reached.content)
        return self.follow(self.browser.sign_in(user, submission=submission))

    def take(self, response: Any, **changes: Any) -> Assertion:
        """Take the posted response as a service provider does, by the metadata."""
        form = form_of(response)
        assert form.action == ACS
        metadata = parse_idp_metadata(self.browser.client.get(self.metadata_path).content)
        settings: dict[str, Any] = {
            "certificates": metadata.certificates,
            "idp_entity_id": metadata.entity_id,
            "audience": ENTITY_ID,
            "recipient": ACS,
            "in_response_to": self.request_id or None,
            "moment": now(),
            "decryption_keys": [key_pair("sp")[0]],
        }
        return verify_response(form.fields["SAMLResponse"], **{**settings, **changes})


def response_xml(response: Any) -> str:
    return base64.b64decode(form_of(response).fields["SAMLResponse"]).decode()


def at_tenant(tenant_id: str, **changes: Any) -> ServiceProvider:
    with enter_tenant(tenant_id):
        return ServiceProvider(make_saml_application(**changes).application, Browser(tenant_id))
