"""A relying party as a conformance suite plays it: it knows its registration and the metadata, and a user's browser."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from tests.oidc.tokens.parties import add_secret, basic
from tests.responses import ClientResponse

HOST = "localhost:8000"
ORIGIN = f"http://{HOST}"
CALLBACK = "https://suite.example/test/a/gatehouse/callback"
GOODBYE = "https://suite.example/test/a/gatehouse/post_logout_redirect"
PASSWORD = "walnut tractor 51"
SECRET = "the-secret-of-the-relying-party-1"
VERIFIER = "a-code-verifier-of-more-than-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

# Everything that the standard scopes bring.
PROFILE = {
    "familyName": "Archer",
    "givenName": "Alice",
    "middleName": "Ann",
    "nickname": "Al",
    "profile": "https://alice.example/me",
    "website": "https://alice.example",
    "gender": "female",
    "birthdate": "1990-01-31",
    "zoneinfo": "Europe/Vienna",
    "locale": "de-AT",
    "address": {
        "formatted": "Ring 1\n1010 Wien",
        "streetAddress": "Ring 1",
        "locality": "Wien",
        "region": "Wien",
        "postalCode": "1010",
        "country": "AT",
    },
}


def make_person(name: str = "alice", *, number: str = "4366412345678") -> User:
    """A user of whom every standard claim is known."""
    return create_user(
        username=name,
        primary_email=f"{name}@example.com",
        primary_phone=number,
        password=PASSWORD,
        name=f"{name.title()} Archer",
        avatar=f"https://{name}.example/me.png",
        profile=PROFILE,
        actor=SYSTEM,
    )


def register(*, name: str = "Suite", oidc: Mapping[str, Any] | None = None, **custom: Any) -> Application:
    """A traditional web application with a secret and the profile `openid`, as docs/conformance.md sets it up."""
    application = create_application(
        name=name,
        type="Traditional",
        is_third_party=custom.pop("is_third_party", False),
        oidc_client_metadata={"redirectUris": [CALLBACK], "postLogoutRedirectUris": [GOODBYE], **(oidc or {})},
        custom_client_metadata={"protocolProfile": "openid", **custom},
        actor=SYSTEM,
    )
    add_secret(application, SECRET, name="Suite")
    return application


def fields_of(page: Any) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', _text(page))}


def _text(page: Any) -> str:
    return str(page.content.decode())


@dataclass
class RelyingParty:
    """One client and one browser of its user."""

    application: Application
    browser: Client = field(default_factory=lambda: Client(HTTP_HOST=HOST))

    @property
    def id(self) -> str:
        return self.application.id

    @property
    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = self.browser.get("/oidc/.well-known/openid-configuration").json()
        return found

    def at(self, endpoint: str) -> str:
        """The path of an endpoint that the metadata names."""
        return urlsplit(str(self.metadata[endpoint])).path

    # --- The user's browser ------------------------------------------------------------------------------------------

    def request(self, **changes: Any) -> dict[str, Any]:
        """A good authorization request; a change to `None` leaves a parameter out."""
        parameters = {
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "a state",
            "nonce": "a nonce",
        }
        return {name: value for name, value in {**parameters, **changes}.items() if value is not None}

    def ask(self, **changes: Any) -> Any:
        """Send the browser to the authorization endpoint."""
        return self.browser.get(self.at("authorization_endpoint"), self.request(**changes))

    def log_in(self, username: str = "alice", *, asked: Any) -> Any:
        """Sign in at the page that the browser was sent to, and go back to the provider."""
        assert asked["Location"].startswith("/sign-in"), asked["Location"]
        identifier = {"type": "username", "value": username}
        assert self._experience("put", "", {"interactionEvent": "SignIn"}).status_code == 204
        proof = self._experience("post", "/verification/password", {"identifier": identifier, "password": PASSWORD})
        assert proof.status_code == 200, proof.content
        verification = {"verificationId": proof.json()["verificationId"]}
        assert self._experience("post", "/identification", verification).status_code == 204
        return self.browser.get(self._experience("post", "/submit").json()["redirectTo"].removeprefix(ORIGIN))

    def _experience(self, method: str, path: str, body: Any = None) -> Any:
        call = getattr(self.browser, method)
        return call(f"/api/experience{path}", body or {}, content_type="application/json")

    def consent(self, action: str, *, asked: Any) -> Any:
        """Answer the consent page, and go back to the provider."""
        assert asked["Location"].startswith("/consent"), asked["Location"]
        page = self.browser.get(asked["Location"])
        answer = self.browser.post(asked["Location"], {**fields_of(page), "action": action})
        (link,) = re.findall(r'href="([^"]*/oidc/auth/[^"]*)"', _text(answer))[:1]
        return self.browser.get(unescape(link).removeprefix(ORIGIN))

    def authorize(self, username: str = "alice", **changes: Any) -> dict[str, str]:
        """Come back from the provider with what it answers, having signed in where that was asked."""
        answer = self.ask(**changes)
        if answer.status_code == 303 and answer["Location"].startswith("/sign-in"):
            answer = self.log_in(username, asked=answer)
        return answer_at(answer)

    def end(self, method: str = "get", **parameters: Any) -> Any:
        """Send the browser to the end-session endpoint and return the page it shows."""
        return getattr(self.browser, method)(self.at("end_session_endpoint"), parameters)

    def leave(self, page: Any, answer: str = "yes") -> Any:
        """Press the page's button."""
        body = {"xsrf": fields_of(page)["xsrf"], "logout": answer}
        return self.browser.post(f"{self.at('end_session_endpoint')}/confirm", body)

    # --- The client's own calls --------------------------------------------------------------------------------------

    def token(self, **parameters: Any) -> ClientResponse:
        """POST to the token endpoint with client_secret_basic."""
        return self.browser.post(
            self.at("token_endpoint"), parameters, headers={"Authorization": basic(self.id, SECRET)}
        )

    def redeem(self, code: str, **changes: Any) -> ClientResponse:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **changes)

    def tokens(self, username: str = "alice", **changes: Any) -> dict[str, Any]:
        """The tokens of one authorization."""
        answer = self.redeem(self.authorize(username, **changes)["code"])
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def verified(self, id_token: str) -> dict[str, Any]:
        """Verify an ID token (OpenID Connect Core section 3.1.3.7) and return its claims."""
        keys = self.browser.get(self.at("jwks_uri")).json()["keys"]
        header = jwt.get_unverified_header(id_token)
        assert header["alg"] in self.metadata["id_token_signing_alg_values_supported"]
        (key,) = (jwt.PyJWK.from_dict(key) for key in keys if key["kid"] == header["kid"])
        claims: dict[str, Any] = jwt.decode(
            id_token, key, algorithms=[key.algorithm_name], audience=self.id, issuer=self.metadata["issuer"]
        )
        return claims

    def userinfo(self, access_token: str) -> ClientResponse:
        return self.browser.get(self.at("userinfo_endpoint"), headers={"Authorization": f"Bearer {access_token}"})


def answer_at(response: Any) -> dict[str, str]:
    """What reached the callback, in its query."""
    assert response.status_code == 303, (response.status_code, response.content)
    assert response["Location"].startswith(CALLBACK), response["Location"]
    return dict(parse_qsl(urlsplit(response["Location"]).query, strict_parsing=True))
