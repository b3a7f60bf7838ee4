"""Providers as connectors meet them: recorded answers by address, and what was sent to get them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from common.clock import now, to_seconds
from common.http import OutboundRequestError, Response
from connectors.factories import SocialFactory, get_factory
from connectors.provider_sign_in import ProviderSignIn, SignInRequest, SignInStart

CALLBACK = "https://acme.example/callback/c1"
STATE = "state-1"
REQUEST = SignInRequest(
    state=STATE, redirect_uri=CALLBACK, connector_id="c1", origin="https://acme.example", login_hint="dana@idp.example"
)
CLIENT = {"clientId": "client-1", "clientSecret": "secret-1-which-has-32-characters"}


@dataclass(frozen=True)
class Sent:
    """One request of a connector's."""

    method: str
    url: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    json: Any
    headers: Mapping[str, str]


@dataclass
class Web:
    """Takes the place of `common.http.fetch`."""

    answers: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def answer(self, url: str, body: Any, *, status: int = 200, content_type: str = "application/json") -> None:
        """Answer an address, whatever its query, with JSON or with a text; an exception is raised."""
        self.answers[url] = (status, body, content_type)

    def fetch(self, method: str, url: str, **options: Any) -> Response:
        place, _, query = url.partition("?")
        content = (options.get("content") or b"").decode()
        headers = {name.lower(): value for name, value in (options.get("headers") or {}).items()}
        self.sent.append(
            Sent(
                method,
                place,
                dict(parse_qsl(query)),
                dict(options.get("data") or parse_qsl(content, keep_blank_values=True)),
                options.get("json"),
                headers,
            )
        )
        status, body, content_type = self.answers[place]
        if isinstance(body, OutboundRequestError):
            raise body
        if callable(body):
            body = body()
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return Response(status, {"content-type": content_type}, data)

    def sent_to(self, url: str) -> Sent:
        """The one request to an address."""
        found = [sent for sent in self.sent if sent.url == url]
        assert len(found) == 1, [sent.url for sent in self.sent]
        return found[0]


class Issuer:
    """Signs ID tokens as a provider does."""

    def __init__(self, issuer: str, *, kid: str = "key-1") -> None:
        self.issuer = issuer
        self.kid = kid
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "ES256"}]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What an ID token for the client says; a claim that is `None` is left out."""
        moment = to_seconds(now())
        standard = {"iss": self.issuer, "sub": "user-1", "aud": CLIENT["clientId"], "iat": moment, "exp": moment + 300}
        return {name: value for name, value in {**standard, **changes}.items() if value is not None}

    def sign(self, *, key: Any = None, algorithm: str = "ES256", kid: str | None = None, **changes: Any) -> str:
        return jwt.encode(
            self.claims(**changes), key or self.key, algorithm=algorithm, headers={"kid": kid or self.kid}
        )


class Kind:
    """One kind of connector with a configuration."""

    def __init__(self, factory_id: str, config: Mapping[str, Any]) -> None:
        factory = get_factory(factory_id)
        assert isinstance(factory, SocialFactory)
        self.factory = factory
        self.config = factory.validated(config)

    def start(self, request: SignInRequest = REQUEST) -> SignInStart:
        return self.factory.connector.start(self.config, request)

    def finish(self, session: Mapping[str, Any], **data: Any) -> ProviderSignIn:
        sent = {"state": STATE, "redirectUri": CALLBACK, "code": "code-1", **data}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.factory.connector.finish(self.config, data=sent, session=session)

    def sign_in(self, **data: Any) -> ProviderSignIn:
        """The whole of it, of a user who agrees."""
        return self.finish(self.start().session, **data)


def parameters_of(url: str) -> dict[str, str]:
    """The parameters of an authorization request."""
    return dict(parse_qsl(urlsplit(url).query))
