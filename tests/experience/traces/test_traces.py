"""One trace a sign-in: what the audit log knows of it, whoever looks for it by whatever they have."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from applications.models import Application
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from events.models import AuditLog
from experience.traces.selectors import find_trace, list_traces
from experience.traces.trace import Outcome, Trace
from identity.models import User
from oidc.models import AuthorizationRequest
from tenants import rate_limits
from tenants.context import enter_tenant
from tests.experience.conftest import REDIRECT_URI, Browser

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
HTML = {"accept": "text/html"}


def journey_id() -> str:
    """The id of the request that waits."""
    return AuthorizationRequest.objects.get().id


def keys_of(trace: Trace | None) -> list[str]:
    assert trace is not None
    return [entry.key for entry in trace.entries]


def redeem(client: Client, application: Application, location: str, verifier: str = VERIFIER) -> int:
    """Exchange the code in an answer for tokens."""
    body = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": parse_qs(urlsplit(location).query)["code"][0],
        "redirect_uri": REDIRECT_URI,
        "code_verifier": verifier,
    }
    return client.post("/oidc/token", body).status_code


def sign_in(browser: Browser) -> str:
    """Sign alice in; returns the answer to the application."""
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    return browser.finish(browser.submit())


def test_a_sign_in_is_one_trace_from_the_request_to_the_tokens(
    alice: User, browser: Browser, application: Application
) -> None:
    journey = journey_id()
    assert redeem(Client(HTTP_HOST="localhost:8000"), application, sign_in(browser)) == 200
    trace = find_trace(journey)
    assert keys_of(trace) == [
        "Interaction.Create",
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Verification.Password.Submit",
        "Interaction.SignIn.Identifier.Submit",
        "Interaction.SignIn.Submit",
        "Interaction.End",
        "ExchangeTokenBy.AuthorizationCode",
    ]
    assert trace is not None
    assert (trace.user_id, trace.application_id, trace.outcome) == (alice.id, application.id, Outcome.TOKENS_ISSUED)
    assert trace.entries[2].payload["path"] == "/api/experience/verification/password"


def test_what_the_application_asked_is_kept_without_secrets_and_names(client: Client, application: Application) -> None:
    Browser(client).open(application, login_hint="alice@example.com", state="a secret", one_time_token="t")
    params = AuditLog.objects.get(key="Interaction.Create").payload["params"]
    assert params["redirect_uri"] == REDIRECT_URI
    assert params["scope"] == "openid profile"
    assert {params[name] for name in ("login_hint", "state", "code_challenge", "one_time_token")} == {"******"}


def test_a_failed_redemption_is_part_of_it(browser: Browser, application: Application, alice: User) -> None:
    journey = journey_id()
    assert redeem(Client(HTTP_HOST="localhost:8000"), application, sign_in(browser), verifier="x" * 43) == 400
    trace = find_trace(journey)
    assert trace is not None
    assert (trace.outcome, keys_of(trace)[-1]) == (Outcome.REFUSED, "ExchangeTokenBy.AuthorizationCode")


def test_whose_account_was_tried_is_found_by_them(browser: Browser, alice: User) -> None:
    """Alice cannot sign in, and asks why: nobody has recognized her yet."""
    browser.start()
    body = {"identifier": {"type": "username", "value": "alice"}, "password": "wrong"}
    assert browser.post("/verification/password", body)[0] == 422
    [trace] = list_traces(user_id=alice.id).traces
    assert trace.id == journey_id()
    assert (trace.user_id, trace.outcome) == (alice.id, Outcome.UNDER_WAY)
    assert trace.error == {"code": "session.invalid_credentials", "message": trace.error["message"]}  # type: ignore[index]  # there is one


def test_a_journey_that_nobody_came_back_to_was_left(browser: Browser) -> None:
    journey = journey_id()
    AuditLog.objects.update(created_at=now() - timedelta(hours=2))
    trace = find_trace(journey)
    assert trace is not None
    assert trace.outcome is Outcome.LEFT


def test_consent_belongs_to_the_sign_in_before_it(application: Application, browser: Browser, alice: User) -> None:
    journey = journey_id()
    application.is_third_party = True
    application.save()
    allow_user_consent_scopes(application, user_scopes=["profile"], actor=SYSTEM)
    assert sign_in(browser).startswith("/consent")
    answer = browser.client.post("/api/interaction/consent", content_type="application/json")
    assert answer.status_code == 200, answer.content
    trace = find_trace(journey)
    assert trace is not None
    assert [entry.payload.get("prompt") for entry in trace.entries if entry.key == "Interaction.Create"] == [
        "login",
        "consent",
    ]
    assert "Interaction.Consent.Submit" in keys_of(trace)
    assert [found.id for found in list_traces().traces] == [journey], "it began once"


def test_what_is_refused_before_a_journey_stands_alone(client: Client, application: Application) -> None:
    query = {"client_id": application.id, "redirect_uri": "https://app.example.com/callbak"}
    html = client.get("/oidc/auth", query, headers=HTML).content.decode()
    [trace] = list_traces(application_id=application.id).traces
    assert trace.id in html, "it is the trace id of the page"
    found = find_trace(trace.id)
    assert keys_of(found) == ["Interaction.Refused"]
    assert trace.outcome is Outcome.REFUSED


def test_what_is_answered_to_the_application_is_recorded(client: Client, application: Application) -> None:
    query = {"client_id": application.id, "redirect_uri": REDIRECT_URI, "response_type": "token"}
    assert client.get("/oidc/auth", query).status_code == 303
    [trace] = list_traces().traces
    [entry] = trace.entries
    assert entry.payload["error"]["code"].startswith("oidc.")
    assert entry.payload["params"]["response_type"] == "token"


def test_an_application_that_asks_silently_writes_nothing(client: Client, application: Application) -> None:
    """With each of its pages it asks whether anybody is signed in, and gets its answer."""
    query = {
        "client_id": application.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "prompt": "none",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    assert "error=login_required" in client.get("/oidc/auth", query)["Location"]
    assert list_traces().traces == []


@pytest.fixture
def error_trace_id(client: Client, application: Application) -> str:
    """The trace id of the page of an address where nothing is."""
    page = client.get("/nothing-here", headers=HTML)
    assert page.status_code == 404
    return str(page.context["trace_id"])


def test_an_error_page_is_found_by_its_trace_id(error_trace_id: str) -> None:
    trace = find_trace(error_trace_id)
    assert keys_of(trace) == ["ErrorPage.NotFound"]
    assert trace is not None
    assert trace.entries[0].payload["path"] == "/nothing-here"
    assert trace.outcome is Outcome.REFUSED


def test_programs_that_try_addresses_do_not_fill_the_list(error_trace_id: str, client: Client) -> None:
    """Each page that was nowhere stood among the sign-ins, as one that was refused."""
    client.get("/oidc/auth", {"client_id": "nobody"}, headers=HTML)
    assert [keys_of(trace) for trace in list_traces().traces] == [["Interaction.Refused"]]


def test_reasons_are_in_the_language_of_who_reads_them(client: Client, application: Application) -> None:
    """A developer read in Arabic why a user in Egypt was refused."""
    client.get("/oidc/auth", {"client_id": "nobody"}, headers={**HTML, "accept-language": "ar"})
    [found] = list_traces().traces
    assert found.error == {"code": "oidc.invalid_client", "message": "The client is invalid."}


def test_an_error_page_on_the_way_leads_to_its_journey(browser: Browser) -> None:
    page = browser.client.get("/continue/nonsense", headers=HTML)
    assert page.status_code == 404
    trace = find_trace(str(page.context["trace_id"]))
    assert trace is not None
    assert trace.id == journey_id()
    assert keys_of(trace) == ["Interaction.Create", "ErrorPage.NotFound"]
    assert trace.outcome is Outcome.UNDER_WAY


def test_error_pages_beyond_the_limit_are_not_recorded(client: Client, application: Application, settings: Any) -> None:
    """A stranger causes a thousand a second: what is recorded of them is bounded."""
    settings.ERROR_PAGE_LIMIT_PER_ADDRESS = "2/hour"
    rate_limits.forget()
    for _ in range(5):
        assert client.get("/nothing-here", headers=HTML).status_code == 404
    assert AuditLog.objects.filter(key="ErrorPage.NotFound").count() == 2


def test_another_tenant_finds_nothing(error_trace_id: str, tenants: Any) -> None:
    with enter_tenant("acme"):
        assert find_trace(error_trace_id) is None
        assert list_traces().traces == []


def test_pages_of_a_user_with_many_sign_ins_follow_each_other(
    client: Client, application: Application, alice: User
) -> None:
    moment = now()
    AuditLog.objects.bulk_create(
        AuditLog(
            key="Interaction.SignIn.Submit",
            payload={"result": "Success"},
            user_id=alice.id,
            journey_id=f"journey{number:03}",
            created_at=moment - timedelta(minutes=number, seconds=10 * step),
        )
        for number in range(60)
        for step in range(10)
    )
    found: list[str] = []
    before = None
    for _ in range(10):
        page = list_traces(user_id=alice.id, before=before)
        found += [trace.id for trace in page.traces]
        before = page.older
        if before is None:
            break
    assert found == [f"journey{number:03}" for number in range(60)]


def test_a_window_of_time_that_ends_before_it_starts(tenant: Any) -> None:
    with pytest.raises(AppError) as refused:
        list_traces(start=now(), end=now() - timedelta(days=1))
    assert refused.value.code == "log.invalid_time_window"


@pytest.mark.parametrize("trace_id", ["", "x" * 22, "nobody", "nul\x00"])
def test_what_is_no_trace_id_finds_nothing(tenant: Any, trace_id: str) -> None:
    assert find_trace(trace_id) is None
