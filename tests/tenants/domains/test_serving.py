"""What answers at a domain: the tenant with its issuer and cookies, its files, and who is told about certificates."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from tenants.context import enter_tenant
from tenants.domains.services import replace_verification_files
from tenants.models import Domain, Tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser

pytestmark = pytest.mark.django_db

NAME = "login.shop.example"
ORIGIN = f"https://{NAME}"


@pytest.fixture
def domain(tenant: Tenant) -> Domain:
    return Domain.objects.create(domain=NAME, status=Domain.Status.ACTIVE)


def files(*described: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"path": path, "content": content, "contentType": kind} for path, content, kind in described]


def test_a_code_flow_stays_on_the_domain(domain: Domain, spa: Application, alice: User) -> None:
    browser = Browser(secure=True)
    browser.client, browser.origin = Client(HTTP_HOST=NAME), ORIGIN
    issuer = f"{ORIGIN}/oidc"
    assert browser.client.get("/oidc/.well-known/openid-configuration").json()["issuer"] == issuer
    answer = browser.signed_in(spa.id, alice)
    parameters = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert parameters["iss"] == issuer
    assert browser.client.cookies
    for cookie in browser.client.cookies.values():
        assert cookie["domain"] == ""
    tokens = browser.client.post(
        "/oidc/token",
        {
            "grant_type": "authorization_code",
            "client_id": spa.id,
            "code": parameters["code"],
            "redirect_uri": SPA_REDIRECT,
            "code_verifier": VERIFIER,
        },
    ).json()
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["iss"] == issuer
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert browser.client.get("/oidc/me", headers=bearer).json()["sub"] == alice.id


def test_only_active_domains_are_served(domain: Domain) -> None:
    for status in ("PendingVerification", "PendingSsl", "Error"):
        domain.status = status
        domain.save()
        assert Client(HTTP_HOST=NAME).get("/oidc/.well-known/openid-configuration").status_code == 404


def test_passkeys_are_used_at_every_origin_of_the_tenant(domain: Domain, settings: Any) -> None:
    settings.BASE_URL = "https://id.example.com"
    settings.DEFAULT_TENANT_HOSTS = []
    with enter_tenant("acme"):
        Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
    path = "/.well-known/webauthn"
    assert Client(HTTP_HOST=NAME).get(path).json() == {"origins": ["https://id.example.com"]}
    assert Client(HTTP_HOST="id.example.com").get(path).json() == {"origins": [ORIGIN]}


class TestVerificationFiles:
    """They are served at their domain, and nowhere in place of Gatehouse."""

    def test_a_file_is_served_as_it_is(self, domain: Domain) -> None:
        content = '{"applinks": {"apps": []}}'
        stored = files(
            ("/.well-known/apple-app-site-association", content, "application/json"),
            ("/google1234.html", "google-site-verification: <b>1234</b>", "text/plain"),
        )
        assert replace_verification_files(domain.id, stored, actor=SYSTEM) == stored
        client = Client(HTTP_HOST=NAME)
        answer = client.get("/.well-known/apple-app-site-association")
        assert (answer.status_code, answer.content.decode()) == (200, content)
        assert answer["Content-Type"] == "application/json"
        answer = client.get("/google1234.html")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert client.head("/google1234.html").status_code == 200
        assert client.get("/google1234.html/").status_code == 404
        assert Client(HTTP_HOST="localhost:8000").get("/google1234.html").status_code == 404
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/nothing.txt")
        assert not [query for query in queries if "verification_files" in query["sql"]]

    def test_another_set_replaces_the_first(self, domain: Domain) -> None:
        client = Client(HTTP_HOST=NAME)
        for path in ("/a.txt", "/b.txt"):
            replace_verification_files(domain.id, files((path, path, "text/plain")), actor=SYSTEM)
        assert client.get("/a.txt").status_code == 404
        assert client.get("/b.txt").content == b"/b.txt"

    def test_an_address_of_ours_answers_even_if_a_file_had_it(self, domain: Domain) -> None:
        """A later version may have an address that a stored file has."""
        path = "/oidc/.well-known/openid-configuration"
        domain.verification_files = files((path, "{}", "application/json"), ("/sign-in", "hello", "text/plain"))
        domain.save()
        client = Client(HTTP_HOST=NAME)
        assert client.get(path).json()["issuer"] == f"{ORIGIN}/oidc"
        assert client.get("/sign-in").content != b"hello"


class TestCertificates:
    """The question of a proxy that makes certificates on demand."""

    def ask(self, name: str, **parameters: Any) -> int:
        remote = parameters.pop("remote", "127.0.0.1")
        headers = parameters.pop("headers", {})
        return (
            Client(HTTP_HOST="127.0.0.1:8000", REMOTE_ADDR=remote, headers=headers)
            .get("/tls-ask", {"domain": name, **parameters})
            .status_code
        )

    def test_proved_domains_alone(self, domain: Domain) -> None:
        answers = {}
        for status in Domain.Status.values:
            domain.status = status
            domain.save()
            answers[status] = self.ask(NAME), self.ask(f"{NAME.upper()}.")
        yes, no = (200, 200), (404, 404)
        assert answers == {"PendingVerification": no, "PendingSsl": yes, "Active": yes, "Error": no}

    def test_no_other_name(self, domain: Domain) -> None:
        for name in ("", "mallory.example", "localhost", "a" * 5000, "*.shop.example", f"x.{NAME}"):
            assert self.ask(name) == 404

    def test_what_is_no_name_costs_no_statement(self, domain: Domain) -> None:
        with CaptureQueriesContext(connection) as queries:
            self.ask("*.shop.example")
        assert len(queries) == 0

    def test_only_the_proxy_may_ask(self, domain: Domain, settings: Any) -> None:
        assert self.ask(NAME, remote="192.0.2.7") == 403
        assert self.ask(NAME, headers={"x-forwarded-for": "127.0.0.1"}) == 403
        settings.CUSTOM_DOMAIN_ASK_SECRET = "s3cret"
        assert self.ask(NAME) == 403
        assert self.ask(NAME, secret="wrong") == 403
        assert self.ask(NAME, secret="é" * 5000) == 403
        assert self.ask(NAME, secret="s3cret", remote="192.0.2.7") == 200
