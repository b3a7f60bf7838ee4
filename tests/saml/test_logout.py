"""Single logout: started at a service provider, or here; the others are told by the browser."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.saml.bindings import decode_redirect, post_fields, redirect_url
from common.saml.logout import (
    LogoutRequest,
    LogoutResponse,
    build_logout_request,
    build_logout_response,
    parse_logout_request,
    parse_logout_response,
)
from common.saml.metadata_reading import parse_idp_metadata
from common.saml.names import (
    BINDING_POST,
    BINDING_REDIRECT,
    NAME_ID_PERSISTENT,
    STATUS_PARTIAL_LOGOUT,
    STATUS_RESPONDER,
    STATUS_SUCCESS,
)
from common.saml.responses import Assertion
from common.saml.xml import decode_base64
from identity.models import User
from oidc.models import Session
from saml.models import SamlLogout
from saml.services.applications import update_saml_application
from saml.services.secrets import set_secret_active
from saml.tasks import clean_up_tenant
from tenants.models import Tenant
from tests.saml.parties import ENTITY_ID, ServiceProvider, form_of, make_saml_application
from tests.spec.saml.messages import key_pair

pytestmark = pytest.mark.django_db

SLO = "https://sp.example/slo"
OTHER_SLO = "https://other.example/slo"
OTHER = "https://other.example"


@pytest.fixture
def wiki(tenant: Tenant) -> ServiceProvider:
    slo = {"binding": BINDING_REDIRECT, "url": SLO}
    return ServiceProvider(make_saml_application(slo_url=slo).application)


@pytest.fixture
def other(wiki: ServiceProvider) -> ServiceProvider:
    """Another service provider in the same browser, which takes messages by post."""
    settings = {"entity_id": OTHER, "slo_url": {"binding": BINDING_POST, "url": OTHER_SLO}}
    return ServiceProvider(make_saml_application(**settings).application, wiki.browser)


def request_of(
    wiki: ServiceProvider,
    assertion: Assertion,
    *,
    issuer: str = ENTITY_ID,
    indexes: list[str] | None = None,
    **signing: Any,
) -> bytes:
    assert assertion.name_id is not None
    assert assertion.session_index is not None
    return build_logout_request(
        request_id="_logout",
        issuer=issuer,
        destination=f"{wiki.browser.origin}{wiki.path}/logout",
        name_id=assertion.name_id,
        name_id_format=NAME_ID_PERSISTENT,
        session_indexes=[assertion.session_index] if indexes is None else indexes,
        moment=now(),
        **signing,
    )


def send(wiki: ServiceProvider, xml: bytes, *, relay_state: str | None = "state", key: str | None = None) -> Any:
    url = redirect_url(
        f"{wiki.path}/logout", parameter="SAMLRequest", message=xml, relay_state=relay_state, private_key=key
    )
    return wiki.browser.client.get(url)


def certificates_of(wiki: ServiceProvider) -> tuple[str, ...]:
    return parse_idp_metadata(wiki.browser.client.get(wiki.metadata_path).content).certificates


def answer_to(wiki: ServiceProvider, response: Any) -> tuple[LogoutResponse, str | None]:
    """The signed answer that the service provider gets by redirect."""
    location = response["Location"]
    assert location.startswith(f"{SLO}?"), location
    message = decode_redirect(urlsplit(location).query, parameters=["SAMLResponse"])
    message.verify(certificates_of(wiki))
    return parse_logout_response(message.xml), message.relay_state


def told(other: ServiceProvider, response: Any) -> tuple[LogoutRequest, str]:
    """The signed request that the other service provider gets by post."""
    form = form_of(response)
    assert form.action == OTHER_SLO
    xml = decode_base64(form.fields["SAMLRequest"], max_bytes=100_000)
    request = parse_logout_request(xml, certificates=certificates_of(other))
    assert request.is_signed
    return request, form.fields["RelayState"]


def confirm(
    other: ServiceProvider, request: LogoutRequest, relay_state: str, *, status: list[str] | None = None
) -> Any:
    xml = build_logout_response(
        response_id="_answer",
        issuer=OTHER,
        destination=f"{other.browser.origin}{other.path}/logout",
        in_response_to=request.id,
        status=status or [STATUS_SUCCESS],
        moment=now(),
    )
    fields = post_fields(parameter="SAMLResponse", message=xml, relay_state=relay_state)
    return other.browser.client.post(f"{other.path}/logout", fields)


def confirm_at_wiki(wiki: ServiceProvider, response: Any) -> Any:
    """The first service provider takes its request by redirect, and answers by redirect."""
    assert response["Location"].startswith(f"{SLO}?"), response["Location"]
    message = decode_redirect(urlsplit(response["Location"]).query)
    message.verify(certificates_of(wiki))
    answer = build_logout_response(
        response_id="_answer",
        issuer=ENTITY_ID,
        destination=f"{wiki.browser.origin}{wiki.path}/logout",
        in_response_to=parse_logout_request(message.xml).id,
        status=[STATUS_SUCCESS],
        moment=now(),
    )
    url = redirect_url(f"{wiki.path}/logout", parameter="SAMLResponse", message=answer, relay_state=message.relay_state)
    return wiki.browser.client.get(url)


def sign_in_at_both(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> Assertion:
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    page = other.follow(other.redirect(other.request(issuer=OTHER)))
    other.take(page, audience=OTHER)
    return assertion


def is_signed_in(wiki: ServiceProvider) -> bool:
    return not wiki.follow(wiki.redirect()).headers.get("Location", "").startswith("/sign-in")


def test_the_only_service_provider_signs_out(wiki: ServiceProvider, alice: User) -> None:
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    assert is_signed_in(wiki)
    answer, relay_state = answer_to(wiki, send(wiki, request_of(wiki, assertion)))
    assert (answer.in_response_to, answer.status, relay_state) == ("_logout", (STATUS_SUCCESS,), "state")
    assert not Session.objects.exists()
    assert not is_signed_in(wiki)
    assert not SamlLogout.objects.exists()


def test_the_other_service_provider_is_told(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> None:
    assertion = sign_in_at_both(wiki, other, alice)
    response = send(wiki, request_of(wiki, assertion))
    assert not Session.objects.exists()
    request, run = told(other, response)
    assert (request.issuer, request.name_id) == (f"http://localhost:8000/saml/{other.application.id}", alice.id)
    assert request.session_indexes
    assert request.session_indexes != (assertion.session_index,)
    answer, relay_state = answer_to(wiki, confirm(other, request, run))
    assert (answer.status, relay_state) == ((STATUS_SUCCESS,), "state")


def test_who_does_not_sign_out_makes_it_partial(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> None:
    assertion = sign_in_at_both(wiki, other, alice)
    request, run = told(other, send(wiki, request_of(wiki, assertion)))
    answer, _ = answer_to(wiki, confirm(other, request, run, status=[STATUS_RESPONDER]))
    assert answer.status == (STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT)


def test_who_cannot_be_told_makes_it_partial(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> None:
    update_saml_application(other.application, slo_url=None, actor=SYSTEM)
    assertion = sign_in_at_both(wiki, other, alice)
    answer, _ = answer_to(wiki, send(wiki, request_of(wiki, assertion)))
    assert answer.status == (STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT)


def test_who_has_no_certificate_any_more_does_not_stop_the_others(
    wiki: ServiceProvider, other: ServiceProvider, alice: User
) -> None:
    assertion = sign_in_at_both(wiki, other, alice)
    secret = other.application.saml_secrets.get()
    set_secret_active(other.application, secret_id=secret.id, active=False, actor=SYSTEM)
    answer, _ = answer_to(wiki, send(wiki, request_of(wiki, assertion)))
    assert answer.status == (STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT)


def test_signing_out_here_goes_past_the_service_providers(
    wiki: ServiceProvider, other: ServiceProvider, alice: User, spa: Application
) -> None:
    sign_in_at_both(wiki, other, alice)
    client = wiki.browser.client
    sent = {"client_id": spa.id, "post_logout_redirect_uri": "https://spa.example.com/", "state": "s"}
    form = form_of(client.get("/oidc/session/end", sent))
    response = client.post(form.action, form.fields)
    assert not Session.objects.exists()
    response = client.get(response["Location"])
    for _ in range(2):  # in whatever order they are told
        response = confirm_at_wiki(wiki, response) if "Location" in response else confirm(other, *told(other, response))
    assert response["Location"] == "https://spa.example.com/?state=s"


def test_signing_out_without_service_providers_is_as_before(
    wiki: ServiceProvider, alice: User, spa: Application
) -> None:
    wiki.browser.signed_in(spa.id, alice)
    form = form_of(wiki.browser.client.get("/oidc/session/end"))
    response = wiki.browser.client.post(form.action, form.fields)
    assert response["Location"] == "/oidc/session/end/success"


@pytest.mark.parametrize("indexes", [["other"], []])
def test_without_a_signature_the_names_have_to_be_right(wiki: ServiceProvider, alice: User, indexes: list[str]) -> None:
    """A page that mallory wrote sends alice's browser here: she does not know what the service provider was told."""
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    request = request_of(wiki, assertion, indexes=indexes)
    if not indexes:
        request = request.replace(alice.id.encode(), b"somebody")
    send(wiki, request)
    assert is_signed_in(wiki)


def test_without_a_signature_only_this_browser_is_signed_out(wiki: ServiceProvider, alice: User) -> None:
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    elsewhere = ServiceProvider(wiki.application)
    send(elsewhere, request_of(elsewhere, assertion))
    assert is_signed_in(wiki)


def test_with_a_signature_other_browsers_are_signed_out(wiki: ServiceProvider, alice: User) -> None:
    private_key, certificate = key_pair("sp")
    update_saml_application(wiki.application, signing_certificate=certificate, actor=SYSTEM)
    assertion = wiki.take(wiki.sign_in(wiki.redirect(private_key=private_key), alice))
    elsewhere = ServiceProvider(wiki.application)
    request = request_of(elsewhere, assertion)
    for unsigned in (send(elsewhere, request), send(elsewhere, request, key=key_pair("mallory")[0])):
        assert unsigned.json()["code"] == "application.saml.invalid_saml_request"
    answer, _ = answer_to(wiki, send(elsewhere, request, key=private_key))
    assert answer.status == (STATUS_SUCCESS,)
    assert not Session.objects.exists()


def test_a_posted_request_from_another_site_is_sent_on(wiki: ServiceProvider, alice: User) -> None:
    """Lax cookies do not come with it: the page posts it again from here, with the session's cookie."""
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    fields = post_fields(parameter="SAMLRequest", message=request_of(wiki, assertion), relay_state="state")
    first = wiki.browser.client.post(f"{wiki.path}/logout", fields, headers={"Sec-Fetch-Site": "cross-site"})
    form = form_of(first)
    second = wiki.browser.client.post(form.action, form.fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer_to(wiki, second)[1] == "state"
    assert not is_signed_in(wiki)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": OTHER}, "application.saml.auth_request_issuer_not_match"),
        ({"destination": "https://elsewhere.example"}, "application.saml.invalid_saml_request"),
    ],
)
def test_messages_that_are_refused(wiki: ServiceProvider, alice: User, changes: dict[str, str], code: str) -> None:
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    xml = request_of(wiki, assertion)
    xml = xml.replace(f"{wiki.path}/logout".encode(), b"/x") if "destination" in changes else xml
    xml = xml.replace(ENTITY_ID.encode(), OTHER.encode()) if "issuer" in changes else xml
    assert send(wiki, xml).json()["code"] == code
    assert is_signed_in(wiki)


def test_an_answer_that_nobody_waits_for_is_refused(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> None:
    """Another application's run is nothing that an answer can go on with."""
    assertion = sign_in_at_both(wiki, other, alice)
    request, run = told(other, send(wiki, request_of(wiki, assertion)))
    xml = build_logout_response(
        response_id="_answer",
        issuer=ENTITY_ID,
        destination=f"{wiki.browser.origin}{wiki.path}/logout",
        in_response_to=request.id,
        status=[STATUS_SUCCESS],
        moment=now(),
    )
    url = redirect_url(f"{wiki.path}/logout", parameter="SAMLResponse", message=xml, relay_state=run)
    refused = wiki.browser.client.get(url)
    assert refused.json()["code"] == "application.saml.sp_initiated_saml_sso_session_not_found"


def test_what_is_over_is_deleted(wiki: ServiceProvider, other: ServiceProvider, alice: User) -> None:
    assertion = sign_in_at_both(wiki, other, alice)
    send(wiki, request_of(wiki, assertion))
    SamlLogout.objects.update(expires_at=now())
    clean_up_tenant("default")
    assert not SamlLogout.objects.exists()
    assert wiki.browser.client.get("/api/saml/logout/unknown")["Location"] == "/oidc/session/end/success"
