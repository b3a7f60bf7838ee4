"""A SAML identity provider of somebody else, as a process: npm `samlp` on express, with its own login page.

`run_saml_provider()` starts one. Its page takes a `login` (of `accounts`) and any password; the next posts the response
to the service provider, by script in a browser, by its button otherwise.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree

from tests.clients.conftest import free_port
from tests.counterparts.openid_provider import running_node
from tests.counterparts.saml import why_missing
from tests.spec.saml.messages import key_pair

ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "dana": {"email": "dana@idp.example", "name": "Dana Delgado"},
    "erin": {"email": "erin@elsewhere.example", "name": "Erin Ekberg"},
}


@dataclass(frozen=True)
class SamlProvider:
    """An identity provider that runs; it signs with `key_pair(signer)`."""

    origin: str
    signer: str = "idp"

    @property
    def entity_id(self) -> str:
        return f"{self.origin}/metadata"

    @property
    def metadata_url(self) -> str:
        return f"{self.origin}/metadata"

    @property
    def certificate(self) -> str:
        return key_pair(self.signer)[1]

    def start_url(self, *, entity_id: str, acs_url: str) -> str:
        """Where a user begins who was not sent by the service provider."""
        return f"{self.origin}/start?{urlencode({'audience': entity_id, 'acs': acs_url})}"


@dataclass(frozen=True)
class PostedResponse:
    """What the browser is about to post to the service provider."""

    action: str
    fields: Mapping[str, str]

    @property
    def response(self) -> str:
        return self.fields["SAMLResponse"]


@contextmanager
def saml_provider(
    *, signer: str = "idp", accounts: Mapping[str, Mapping[str, str]] = ACCOUNTS, **options: Any
) -> Iterator[SamlProvider]:
    """Run an identity provider; `options` are those of `samlp` (`signResponse`, `encryptionCert` …)."""
    port = free_port()
    key, certificate = key_pair(signer)
    settings = {"port": port, "key": key, "certificate": certificate, "accounts": accounts, "options": options}
    with running_node("saml_provider.mjs", {"SAML_PROVIDER": json.dumps(settings)}):
        yield SamlProvider(f"http://127.0.0.1:{port}", signer)


def sign_in_at_saml_provider(url: str, *, login: str = "dana") -> PostedResponse:
    """Sign in at the identity provider; returns what the browser posts to the service provider."""
    page = httpx.post(url, data={"login": login, "password": "any"})
    assert page.status_code == 200, page.text[:500]
    (form,) = etree.HTML(page.text).iter("form")
    fields = {field.get("name"): field.get("value") for field in form.iter("input")}
    return PostedResponse(form.get("action"), fields)


@pytest.fixture
def run_saml_provider() -> Iterator[Callable[..., SamlProvider]]:
    """Start identity providers as `saml_provider` does; the test is skipped on a machine without Node.js."""
    if reason := why_missing():
        pytest.skip(reason)
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(saml_provider(**options))
