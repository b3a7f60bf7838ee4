"""Refusals of which the suites want a picture, as their browser sees them: it showed JSON."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now
from tests.spec.conformance_fapi2_security_profile.party import FapiParty, register_fapi
from tests.spec.relying_party import CALLBACK, CHALLENGE, GOODBYE, HOST, RelyingParty

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def browser(party: RelyingParty, bank: FapiParty) -> None:
    """Both clients' users have a browser, which asks for pages."""
    party.browser = bank.browser = Client(HTTP_HOST=HOST, HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8")


def shows(answer: Any, code: str) -> bool:
    """Whether the answer is the designed page with the code of the refusal and its trace id, and leads nowhere."""
    text = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8"), text
    assert "Location" not in answer
    assert "Something went wrong" in text
    return code in text and "Trace id" in text


def test_oidcc_ensure_registered_redirect_uri(party: RelyingParty) -> None:
    assert shows(party.ask(redirect_uri=f"{CALLBACK}/bad"), "invalid_request")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"post_logout_redirect_uri": f"{GOODBYE}/bad"}, "invalid_request"),
        ({"post_logout_redirect_uri": f"{GOODBYE}?foo=bar"}, "invalid_request"),
        ({"post_logout_redirect_uri": GOODBYE, "id_token_hint": "a.b.c"}, "invalid_request"),
    ],
    ids=["bad-post-logout-redirect-uri", "query-added-to-post-logout-redirect-uri", "bad-id-token-hint"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_oidcc_rp_initiated_logout(party: RelyingParty, method: str, parameters: dict[str, str], code: str) -> None:
    assert shows(party.end(method, client_id=party.id, **parameters), code)


def test_ensure_unsigned_authorization_request_without_using_par_fails(bank: FapiParty) -> None:
    assert shows(bank.ask(code_challenge=CHALLENGE, code_challenge_method="S256"), "invalid_request")


def test_par_attempt_reuse_request_uri(bank: FapiParty) -> None:
    uri = bank.pushed()
    bank.log_in(asked=bank.come(uri))
    assert shows(bank.come(uri), "invalid_request_uri")


def test_par_attempt_to_use_expired_request_uri(bank: FapiParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        uri = bank.pushed()
        clock.shift(timedelta(seconds=60))
        assert shows(bank.come(uri), "invalid_request_uri")


def test_par_ensure_request_uri_is_bound_to_client(bank: FapiParty) -> None:
    second = FapiParty(register_fapi(bank.key, name="Second"), key=bank.key, browser=bank.browser)
    assert shows(second.come(bank.pushed()), "invalid_request_uri")


def test_a_request_object_that_cannot_be_trusted(bank: FapiParty) -> None:
    """FAPI 2.0 Message Signing."""
    bank.application.custom_client_metadata |= {"requireSignedRequestObject": True}
    bank.application.save()
    assert shows(bank.ask(request="a.b.c"), "invalid_request")
