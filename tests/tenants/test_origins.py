"""A known host in any spelling is the configured origin: in the issuer, in links, for forms and for DPoP proofs."""

from typing import Any

import pytest
from django.test import Client

from tenants.context import enter_tenant
from tenants.hosts import origins_of_tenant
from tenants.models import Domain, Tenant

pytestmark = pytest.mark.django_db

DISCOVERY = "/oidc/.well-known/openid-configuration"
SPELLINGS = [
    "localhost:8000",
    "localhost",
    "localhost:80",
    "localhost:443",
    "LOCALHOST:8000",
    "LocalHost",
    "localhost.",
]


@pytest.fixture
def https(settings: Any) -> None:
    settings.BASE_URL = "https://id.example.com"


@pytest.mark.parametrize("host", [*SPELLINGS, "localhost.:8000"])
@pytest.mark.parametrize("secure", [False, True])
def test_the_issuer_has_one_spelling(tenants: dict[str, Tenant], host: str, secure: bool) -> None:
    """Discovery repeated whatever `Host` said, so tokens of one tenant had as many issuers as spellings."""
    document = Client(HTTP_HOST=host).get(DISCOVERY, secure=secure).json()
    assert document["issuer"] == "http://localhost:8000/oidc"
    assert document["token_endpoint"] == "http://localhost:8000/oidc/token"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("id.example.com:443", "https://id.example.com"),
        ("ID.EXAMPLE.COM", "https://id.example.com"),
        ("id.example.com:8080", "https://id.example.com"),
        ("acme.id.example.com:443", "https://acme.id.example.com"),
        ("other.example.com:443", "https://other.example.com"),
        ("Login.Acme.example:443", "https://login.acme.example"),
        ("login.acme.example.", "https://login.acme.example"),
        ("login.acme.example:8080", "https://login.acme.example"),
    ],
)
def test_tenants_further_hosts_and_custom_domains(
    tenants: dict[str, Tenant], https: None, settings: Any, host: str, origin: str
) -> None:
    settings.DEFAULT_TENANT_HOSTS = ["other.example.com"]
    with enter_tenant("acme"):
        Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
    assert Client(HTTP_HOST=host).get(DISCOVERY).json()["issuer"] == f"{origin}/oidc"
    assert origin in origins_of_tenant("acme" if "acme" in host.lower() else "default")


@pytest.mark.parametrize("host", ["bad host", "localhost:80:80", "[::1", "a/b", "localhost:8000\0", "ex\u00e4mple.com"])
def test_what_is_no_host_is_a_bad_request(tenants: dict[str, Tenant], host: str) -> None:
    assert Client(HTTP_HOST=host).get(DISCOVERY).status_code == 400


@pytest.mark.parametrize(
    "host", ["localhost..", "a.localhost.evil.example", "notlocalhost", "acme.localhost.localhost"]
)
def test_another_name_is_another_host(tenants: dict[str, Tenant], host: str) -> None:
    assert Client(HTTP_HOST=host).get(DISCOVERY).status_code == 404


def _post_form(host: str, origin: str | None) -> int:
    """Open the sign-in page at a host and send a form from an origin."""
    browser = Client(enforce_csrf_checks=True, HTTP_HOST=host)
    page = browser.get("/unknown-session", follow=True)
    assert page.status_code in (200, 404)
    token = "a" * 32
    browser.cookies["_csrf"] = token
    headers = {} if origin is None else {"origin": origin}
    return int(browser.post("/sign-in", {"csrfmiddlewaretoken": token}, headers=headers).status_code)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        # The proxy takes the port away.
        ("localhost", "http://localhost:8000"),
        # Another port leads to the server's; the browser leaves out the one that the scheme implies.
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("localhost:9000", "http://localhost:9000"),
        ("LOCALHOST:8000", "http://localhost:8000"),
        ("localhost.:8000", "http://localhost.:8000"),
        ("localhost:80", None),
    ],
)
def test_forms_are_taken_at_every_spelling(tenants: dict[str, Tenant], host: str, origin: str | None) -> None:
    """Every form answered "This page has expired" behind a proxy that took the port away, or added `:443`."""
    assert _post_form(host, origin) != 403


@pytest.mark.parametrize(
    ("host", "origin"), [("id.example.com:443", "https://id.example.com"), ("id.example.com", "https://id.example.com")]
)
def test_forms_behind_tls(tenants: dict[str, Tenant], https: None, host: str, origin: str) -> None:
    assert _post_form(host, origin) != 403


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:9000"),
        ("localhost:8000", "https://localhost:8000"),
        ("localhost", "http://localhost:9000"),
        ("localhost:8000", "http://acme.localhost:8000"),
        ("localhost:8000", "http://localhost"),
        ("localhost:8000", "null"),
    ],
)
def test_forms_of_other_origins_are_refused(tenants: dict[str, Tenant], host: str, origin: str) -> None:
    """Pages at another port of the same name are somebody else's."""
    assert _post_form(host, origin) == 403


def test_tenant_default_has_its_id_in_front_of_no_origin(tenants: dict[str, Tenant]) -> None:
    """`default.localhost` was an issuer of its own next to `localhost`."""
    browser = Client(HTTP_HOST="default.localhost:8000")
    assert browser.get(DISCOVERY).json()["issuer"] == "http://localhost:8000/oidc"
    answer = browser.get("/sign-in", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, "http://localhost:8000/sign-in")


@pytest.mark.parametrize("path", ["/sign-in?a=%26", "/oidc/auth?client_id=x", "/nowhere"])
def test_a_browser_is_sent_to_the_name_without_the_dot(tenants: dict[str, Tenant], path: str) -> None:
    """Cookies set at `localhost.` do not follow to where links lead."""
    answer = Client(HTTP_HOST="localhost.:8000").get(path, headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer["Location"]) == (302, f"http://localhost:8000{path}")


def test_a_form_that_is_refused_leads_to_no_other_site(tenants: dict[str, Tenant]) -> None:
    """Another site sent a form to `//evil.example/`, a path of ours since any address may be a tenant's own page: "Try
    again" on our error page was then a link to evil.example."""
    browser = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000")
    answer = browser.post("/", PATH_INFO="//evil.example/sign-in", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert 'href="/%2Fevil.example/sign-in"' in answer.content.decode()
