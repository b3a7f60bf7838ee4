"""A client of the FAPI 2.0 Security Profile: it signs to authenticate, pushes its requests and binds its tokens."""

from dataclasses import dataclass, field
from typing import Any

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from tests.oidc.tokens.proofs import Key, assertion_of, key_set
from tests.responses import ClientResponse
from tests.spec.relying_party import CALLBACK, CHALLENGE, ORIGIN, VERIFIER, RelyingParty, answer_at

SECOND_CALLBACK = f"{CALLBACK}?dummy1=lorem&dummy2=ipsum"


def register_fapi(*keys: Key, name: str = "Bank", **custom: Any) -> Application:
    """An application as docs/conformance.md sets it up."""
    return create_application(
        name=name,
        type="Traditional",
        is_third_party=custom.pop("is_third_party", False),
        oidc_client_metadata={"redirectUris": [CALLBACK, SECOND_CALLBACK], "postLogoutRedirectUris": []},
        custom_client_metadata={
            "protocolProfile": "fapi2",
            "tokenEndpointAuthMethod": "private_key_jwt",
            "jwks": key_set(*keys),
            **custom,
        },
        actor=SYSTEM,
    )


@dataclass
class FapiParty(RelyingParty):
    """`key` signs assertions, `dpop_key` proofs."""

    key: Key = field(default_factory=lambda: Key("client"))
    dpop_key: Key = field(default_factory=lambda: Key("dpop"))

    def assertion(self, **changes: Any) -> dict[str, str]:
        """What authenticates the client; `aud` is the issuer as a text."""
        return assertion_of(self.key.assertion(self.id, **changes))

    def proof(self, method: str, endpoint: str, **changes: Any) -> dict[str, str]:
        return {"DPoP": self.dpop_key.proof(method, f"{ORIGIN}{self.at(endpoint)}", **changes)}

    def push(self, *, headers: Any = None, assertion: Any = None, **changes: Any) -> ClientResponse:
        """Push a good request with PKCE; a change to `None` leaves a parameter out."""
        pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        body = self.request(**{**pkce, **changes}) | (self.assertion() if assertion is None else assertion)
        return self.browser.post(self.at("pushed_authorization_request_endpoint"), body, headers=headers or {})

    def come(self, uri: str, **extra: Any) -> Any:
        """Send the browser with a reference."""
        query = {"client_id": self.id, "request_uri": uri, **extra}
        return self.browser.get(self.at("authorization_endpoint"), query)

    def pushed(self, **changes: Any) -> str:
        answer = self.push(**changes)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["request_uri"])

    def come_back(self, username: str = "alice", **changes: Any) -> dict[str, str]:
        """Push, sign in where asked, and return what reached the callback."""
        answer = self.come(self.pushed(**changes))
        if answer["Location"].startswith("/sign-in"):
            answer = self.log_in(username, asked=answer)
        return answer_at(answer)

    def exchange(self, *, headers: Any = None, assertion: Any = None, **parameters: Any) -> ClientResponse:
        """POST to the token endpoint, authenticated and with a proof unless told otherwise."""
        headers = self.proof("POST", "token_endpoint") if headers is None else headers
        body = {**parameters, **(self.assertion() if assertion is None else assertion)}
        body = {name: value for name, value in body.items() if value is not None}
        return self.browser.post(self.at("token_endpoint"), body, headers=headers)

    def redeem(self, code: str, **changes: Any) -> ClientResponse:
        good = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.exchange(**{**good, **changes})

    def tokens(self, username: str = "alice", **changes: Any) -> dict[str, Any]:
        answer = self.redeem(self.come_back(username, **changes)["code"])
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def call(self, token: str, *, scheme: str = "DPoP", key: Key | None = None, **changes: Any) -> ClientResponse:
        """Use an access token at the protected resource, which is the userinfo endpoint."""
        url = f"{ORIGIN}{self.at('userinfo_endpoint')}"
        proof = (key or self.dpop_key).proof("GET", changes.pop("htu", url), **{"token": token, **changes})
        headers = {"Authorization": f"{scheme} {token}", "DPoP": proof}
        return self.browser.get(self.at("userinfo_endpoint"), headers=headers)


def refused(answer: Any) -> tuple[int, str]:
    """Status and error of a refusal, whose description has the characters of RFC 6749 section 5.2 alone."""
    body = answer.json()
    assert all(" " <= sign <= "~" and sign not in '"\\' for sign in body.get("error_description", ""))
    return answer.status_code, body["error"]
