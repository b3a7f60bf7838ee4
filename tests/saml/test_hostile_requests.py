"""What is not answered: requests of others, for others, of yesterday, too large; and those of another tenant."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.models import User
from saml.models import SamlApplicationSession
from saml.services.secrets import set_secret_active
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.saml.parties import ServiceProvider, at_tenant, make_saml_application

pytestmark = pytest.mark.django_db

INVALID = "application.saml.invalid_saml_request"


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://other.example"}, "application.saml.auth_request_issuer_not_match"),
        ({"acs_url": "https://mallory.example/acs"}, INVALID),
        ({"acs_url": "https://sp.example/acs/../evil"}, INVALID),
        ({"destination": "https://other.example/sso"}, INVALID),
        ({"moment": now() - timedelta(days=1)}, INVALID),
        ({"moment": now() + timedelta(days=1)}, INVALID),
    ],
)
def test_requests_that_are_refused(wiki: ServiceProvider, changes: dict[str, Any], code: str) -> None:
    for send in (wiki.redirect, wiki.post):
        assert refusal(send(wiki.request(**changes))) == (400, code)
    assert not SamlApplicationSession.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["", "SAMLRequest=x", "SAMLRequest=x&SAMLRequest=y", "SAMLRequest=" + "A" * 40_000, "SAMLResponse=AAAA"],
)
def test_queries_that_are_no_requests(wiki: ServiceProvider, query: str) -> None:
    assert refusal(wiki.browser.client.get(f"{wiki.path}/authn?{query}")) == (400, INVALID)


@pytest.mark.parametrize("value", ["", "!", base64.b64encode(b"<!DOCTYPE a><a/>").decode(), "A" * 10_000])
def test_forms_that_are_no_requests(wiki: ServiceProvider, value: str) -> None:
    assert refusal(wiki.browser.client.post(f"{wiki.path}/authn", {"SAMLRequest": value})) == (400, INVALID)


def test_large_bodies_are_not_read(wiki: ServiceProvider) -> None:
    answer = wiki.browser.client.post(f"{wiki.path}/authn", {"SAMLRequest": "A" * 500_000})
    assert answer.status_code == 413


def test_relay_state_is_bounded(wiki: ServiceProvider) -> None:
    for send in (wiki.redirect, wiki.post):
        assert refusal(send(relay_state="x" * 513)) == (400, INVALID)
    assert refusal(wiki.browser.client.get(f"{wiki.path}/sign-in?RelayState={'x' * 513}")) == (400, INVALID)
    assert wiki.redirect(relay_state="x" * 512).status_code == 303


def test_characters_that_no_column_holds_are_refused(wiki: ServiceProvider) -> None:
    assert refusal(wiki.redirect(relay_state="a\x00b")) == (400, INVALID)
    assert wiki.post(relay_state="a\x00b").status_code == 400
    assert wiki.browser.client.get(f"{wiki.path}/sign-in?RelayState=a%00b").status_code == 400
    assert (
        wiki.browser.client.get(f"/api/saml-applications/{wiki.application.id}/callback?state=%00").status_code == 400
    )
    for path in ("/api/saml/logout/a%00b", "/api/saml/a%00b/authn", "/api/saml-applications/a%00b/metadata"):
        assert wiki.browser.client.get(path).status_code in (400, 401, 404)


def test_refusals_are_found_in_the_audit_log_up_to_a_limit(wiki: ServiceProvider, settings: Any) -> None:
    """Whoever is refused makes the provider write; so that is counted, like everything that strangers make it write."""
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "2/minute"
    rate_limits.forget()
    for _ in range(4):
        wiki.redirect(wiki.request(issuer="https://other.example"))
    entries = AuditLog.objects.filter(key="SamlApplication.AuthnRequest")
    assert [entry.payload["result"] for entry in entries] == ["Error", "Error"]
    assert {entry.payload["applicationId"] for entry in entries} == {wiki.application.id}


def test_sign_ins_that_are_begun_are_limited(wiki: ServiceProvider, settings: Any) -> None:
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "2/minute"
    rate_limits.forget()
    answers = [wiki.redirect() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert answers[2]["Retry-After"]


def test_a_request_is_answered_once(wiki: ServiceProvider, alice: User) -> None:
    request = wiki.request()
    wiki.sign_in(wiki.redirect(request), alice)
    assert refusal(wiki.redirect(request)) == (400, INVALID)
    assert refusal(wiki.post(request)) == (400, INVALID)


def test_a_page_that_is_reloaded_before_is_fine(wiki: ServiceProvider, alice: User) -> None:
    request = wiki.request()
    wiki.redirect(request)
    assert wiki.take(wiki.sign_in(wiki.redirect(request), alice)).name_id == alice.id


def test_unknown_applications(wiki: ServiceProvider) -> None:
    for path in (
        "/api/saml-applications/unknown/metadata",
        "/api/saml-applications/unknown/callback",
        "/api/saml/unknown/authn",
        "/api/saml/unknown/sign-in",
        f"/api/saml/{'x' * 500}/authn",
    ):
        assert refusal(wiki.browser.client.get(path)) == (404, "entity.not_exists_with_id")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"entity_id": None}, "application.saml.entity_id_required"),
        ({"acs_url": None}, "application.saml.acs_url_required"),
    ],
)
def test_applications_that_are_not_set_up(tenant: Tenant, changes: dict[str, Any], code: str) -> None:
    wiki = ServiceProvider(make_saml_application(**changes).application)
    assert refusal(wiki.redirect()) == (400, code)
    assert refusal(wiki.browser.client.get(f"{wiki.path}/sign-in")) == (400, code)


def test_without_a_certificate_nobody_signs_in(wiki: ServiceProvider, alice: User) -> None:
    secret = wiki.application.saml_secrets.get()
    set_secret_active(wiki.application, secret_id=secret.id, active=False, actor=SYSTEM)
    page = wiki.sign_in(wiki.redirect(), alice)
    assert refusal(page) == (404, "application.saml.no_active_secret")


def test_people_see_a_page(wiki: ServiceProvider) -> None:
    page = wiki.browser.client.get(f"{wiki.path}/authn?SAMLRequest=x", headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")
    assert INVALID in page.content.decode()
    noted = AuditLog.objects.get(key="Interaction.Refused").payload
    assert noted["description"] == "malformed: not base64"


def test_other_methods_are_refused(wiki: ServiceProvider) -> None:
    assert refusal(wiki.browser.client.put(f"{wiki.path}/authn")) == (405, "request.method_not_allowed")


def test_tenants_are_apart(wiki: ServiceProvider, tenants: dict[str, Tenant], alice: User) -> None:
    """The same names on both sides: an application, a request, an answer of one tenant is nothing in another."""
    theirs = at_tenant("acme")
    for path in (f"{wiki.path}/authn", f"{wiki.path}/sign-in", wiki.metadata_path):
        assert theirs.browser.client.get(path).status_code == 404
    wiki.follow(wiki.redirect())
    answer = wiki.browser.sign_in(alice)
    query = answer["Location"].partition("?")[2]
    theirs.browser.client.cookies.update(wiki.browser.client.cookies)
    path = f"/api/saml-applications/{theirs.application.id}/callback?{query}"
    refused = theirs.browser.client.get(path)
    assert refusal(refused)[1] == "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies"
    with enter_tenant("acme"):
        assert not SamlApplicationSession.objects.exists()


def test_another_applications_answer_is_refused(wiki: ServiceProvider, alice: User) -> None:
    """A code that one SAML application was given is not redeemed for another."""
    other = ServiceProvider(make_saml_application().application, wiki.browser)
    wiki.follow(wiki.redirect())
    code = wiki.browser.sign_in(alice)["Location"].partition("code=")[2].partition("&")[0]
    state = other.redirect()["Location"].partition("state=")[2].partition("&")[0]
    path = f"/api/saml-applications/{other.application.id}/callback?code={code}&state={state}"
    assert refusal(wiki.browser.client.get(path)) == (400, "oidc.invalid_grant")


def test_the_client_has_no_secret_and_no_other_redirect_uri(wiki: ServiceProvider, alice: User) -> None:
    """Who knows the id of a SAML application cannot use it as an OAuth client."""
    client = wiki.browser.client
    sent = {"grant_type": "client_credentials", "client_id": wiki.application.id, "client_secret": "x"}
    assert client.post("/oidc/token", sent).status_code == 401
    elsewhere = wiki.browser.authorize(wiki.application.id, redirect_uri="https://mallory.example/callback")
    assert elsewhere.status_code == 400
    assert not wiki.application.secrets.exists()
