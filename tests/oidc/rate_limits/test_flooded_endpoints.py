"""What unauthenticated callers can ask for again and again is refused with 429 before anything is written."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from applications.models import Application, ApplicationSecret
from applications.registration.client_registration import change_registration_settings
from common import rates
from common.actors import SYSTEM
from common.crypto import sha256_hex
from events.models import AuditLog
from experience.models import Interaction
from identity.models import User
from oidc.models import AuthorizationRequest, DeviceGrant, PushedAuthorizationRequest
from tenants import rate_limits
from tests.applications.agents import CALLBACK, document
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, WEB_REDIRECT, Browser, answer_of
from tests.oidc.device.devices import Device
from tests.oidc.tokens.parties import basic

pytestmark = pytest.mark.django_db

SECRET = "a-secret-of-the-web-application-1"
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(autouse=True)
def _one_a_minute(settings: Any) -> None:
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "1/minute"
    rate_limits.forget()


def assert_refused(response: Any) -> None:
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    body = response.json()
    assert (body["code"], body["message"]) == (
        "request.rate_limited",
        "There are too many requests. Wait a moment and try again.",
    )


def push(browser: Browser, application: Application, **headers: str) -> Any:
    parameters = browser.request_of(application.id, redirect_uri=application.redirect_uri_list[0])
    return browser.client.post("/oidc/request", parameters, headers=headers)


def test_an_authorization_request_in_the_errors_envelope(browser: Browser, spa: Application) -> None:
    assert browser.authorize(spa.id).status_code == 303
    refused = browser.authorize(spa.id)
    assert_refused(refused)
    assert refused.json()["error"] == "temporarily_unavailable"
    assert AuthorizationRequest.objects.count() == 1


def test_a_person_sees_a_page_in_their_language(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)
    page = browser.client.get("/oidc/auth", browser.request_of(spa.id), headers=HTML | {"accept-language": "de"})
    assert (page.status_code, page["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert int(page["Retry-After"]) > 0
    assert "Zu viele Anfragen" in page.content.decode()
    assert 'lang="de"' in page.content.decode()


def test_who_is_signed_in_is_not_counted(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    for _ in range(3):
        assert "code" in answer_of(browser.authorize(spa.id))


def test_prompt_none_writes_nothing_and_is_not_counted(browser: Browser, spa: Application) -> None:
    for _ in range(3):
        assert answer_of(browser.authorize(spa.id, prompt="none"))["error"] == "login_required"


def test_another_address_and_another_tenant_go_on(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)
    elsewhere = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="198.51.100.7")
    assert elsewhere.get("/oidc/auth", browser.request_of(spa.id)).status_code == 303


def test_a_forged_address_changes_nothing(browser: Browser, spa: Application, settings: Any) -> None:
    settings.TRUST_PROXY_HEADERS = True
    for number, expected in enumerate((303, 429)):
        headers = {"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7", "x-forwarded-host": "localhost:8000"}
        response = browser.client.get("/oidc/auth", browser.request_of(spa.id), headers=headers)
        assert response.status_code == expected


def test_requests_pushed_by_public_clients(browser: Browser, spa: Application) -> None:
    assert push(browser, spa).status_code == 201
    assert_refused(push(browser, spa))
    assert PushedAuthorizationRequest.objects.count() == 1


def test_a_client_that_has_proved_itself_pushes_for_all_its_users(browser: Browser, web: Application) -> None:
    ApplicationSecret.objects.create(
        application=web, name="Known", sealed_value=b"sealed", value_sha256=sha256_hex(SECRET)
    )
    assert [push(browser, web, authorization=basic(web.id, SECRET)).status_code for _ in range(3)] == [201] * 3


def test_a_wrong_secret_does_not_fill_the_audit_log(browser: Browser, web: Application) -> None:
    answers = [push(browser, web, authorization=basic(web.id, "wrong")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 429, 429]
    assert AuditLog.objects.filter(key="Interaction.PushRequest").count() == 1


def test_devices_that_ask(tv: Device) -> None:
    assert_refused(tv.ask())
    assert DeviceGrant.objects.count() == 1


def test_a_device_that_waits_is_not_refused(tv: Device) -> None:
    assert {tv.error()[1] for _ in range(3)} <= {"authorization_pending", "slow_down"}


def test_refused_tokens_do_not_fill_the_audit_log(client: Client, spa: Application) -> None:
    body = {
        "grant_type": "authorization_code",
        "client_id": spa.id,
        "code": "made-up",
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
    }
    answers = [client.post("/oidc/token", body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 429, 429]
    assert_refused(answers[1])
    assert AuditLog.objects.filter(key="ExchangeTokenBy.AuthorizationCode").count() == 1


def test_refused_revocations_do_not_fill_the_audit_log(client: Client, tenant: Any) -> None:
    answers = [client.post("/oidc/token/revocation", {"client_id": "nobody", "token": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 429, 429]
    assert AuditLog.objects.filter(key="RevokeToken").count() == 1


def test_a_journey_begun_again(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)

    def begin() -> Any:
        body = json.dumps({"interactionEvent": "SignIn"})
        return browser.client.put("/api/experience", body, content_type="application/json")

    assert begin().status_code == 204
    assert_refused(begin())
    assert Interaction.objects.count() == 1


def test_a_form_of_the_hosted_pages_says_so(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id)
    values = {"identifier": "alice", "password": "wrong"}
    pages = [browser.client.post("/sign-in", values).content.decode() for _ in range(2)]
    assert ["There are too many requests." in page for page in pages] == [False, True]


def test_the_token_path_counts_nothing_while_all_is_well(
    browser: Browser, spa: Application, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = answer_of(browser.signed_in(spa.id, alice))["code"]

    def count(*args: Any) -> Callable[..., int]:
        raise AssertionError("a good token request was counted")

    monkeypatch.setattr(rates, "_counters", count)
    body = {"grant_type": "authorization_code", "client_id": spa.id, "redirect_uri": SPA_REDIRECT}
    answer = browser.client.post("/oidc/token", {**body, "code": code, "code_verifier": VERIFIER})
    assert answer.status_code == 200
    refresh = {"grant_type": "refresh_token", "client_id": spa.id, "refresh_token": answer.json()["refresh_token"]}
    assert browser.client.post("/oidc/token", refresh).status_code == 200


def test_counting_costs_no_statement(
    browser: Browser, spa: Application, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = settings.ANONYMOUS_LIMIT_PER_TENANT = ""
    rate_limits.forget()
    browser.authorize(spa.id)
    with django_assert_num_queries(5) as without:
        Browser().authorize(spa.id)
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = settings.ANONYMOUS_LIMIT_PER_TENANT = "100/minute"
    rate_limits.forget()
    with django_assert_num_queries(len(without)):
        Browser().authorize(spa.id)


def test_the_limit_of_a_redirect_is_no_answer_for_the_application(browser: Browser, web: Application) -> None:
    browser.authorize(web.id, redirect_uri=WEB_REDIRECT)
    assert "Location" not in browser.authorize(web.id, redirect_uri=WEB_REDIRECT)


def test_a_secret_that_a_caller_gave_itself_proves_nothing(
    client: Client,
    browser: Browser,
    registration: None,
) -> None:
    metadata = document(None, token_endpoint_auth_method="client_secret_basic")
    body = client.post("/oidc/register", metadata, content_type="application/json").json()
    request = browser.request_of(body["client_id"], redirect_uri=CALLBACK, scope="openid")
    proof = {"authorization": basic(body["client_id"], body["client_secret"])}
    answers = [client.post("/oidc/request", request, headers=proof).status_code for _ in range(3)]
    assert answers == [201, 429, 429]
    refused = [client.post("/oidc/token", {"grant_type": "made-up"}, headers=proof).status_code for _ in range(3)]
    assert refused == [400, 429, 429]


def test_refused_registrations_do_not_fill_the_audit_log(client: Client, registration: None) -> None:
    change_registration_settings({"requireInitialAccessToken": True}, actor=SYSTEM)
    answers = [client.post("/oidc/register", document(None), content_type="application/json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 429, 429]
    assert AuditLog.objects.filter(key="ClientRegistration.Created").count() == 1
