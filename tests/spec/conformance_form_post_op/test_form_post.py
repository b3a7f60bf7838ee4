"""Form Post OP: the Basic OP's modules with `response_mode=form_post`; what is different is how answers come back."""

import re
from html import unescape
from typing import Any

import pytest

from tests.spec.relying_party import CALLBACK, RelyingParty, fields_of

pytestmark = pytest.mark.django_db

FORM_POST = {"response_mode": "form_post"}


def posted(page: Any) -> dict[str, str]:
    """What the browser posts to the callback; the query has nothing of it."""
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    text = page.content.decode()
    (form,) = re.findall(r'<form method="post" action="([^"]*)"', text)
    assert unescape(form) == CALLBACK
    return fields_of(page)


def authorize(party: RelyingParty, **changes: Any) -> dict[str, str]:
    asked = party.ask(**FORM_POST, **changes)
    if asked.status_code == 303:
        asked = party.log_in(asked=asked)
    return posted(asked)


def test_oidcc_server(party: RelyingParty) -> None:
    answer = authorize(party)
    assert answer == {"code": answer["code"], "state": "a state", "iss": party.metadata["issuer"]}
    tokens = party.redeem(answer["code"]).json()
    assert party.verified(tokens["id_token"])["nonce"] == "a nonce"


def test_the_form_sends_itself_under_its_own_policy(party: RelyingParty) -> None:
    page = party.log_in(asked=party.ask(**FORM_POST))
    assert "document.forms[0].submit()" in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert "script-src 'sha256-" in policy
    assert "form-action" not in policy


def test_oidcc_response_type_missing(party: RelyingParty) -> None:
    answer = posted(party.ask(response_type=None, **FORM_POST))
    assert (answer["error"], answer["state"]) == ("invalid_request", "a state")


def test_oidcc_prompt_none(party: RelyingParty) -> None:
    assert posted(party.ask(prompt="none", **FORM_POST))["error"] == "login_required"
    authorize(party)
    assert "code" in posted(party.ask(prompt="none", **FORM_POST))


def test_a_state_of_any_characters_arrives_as_it_was(party: RelyingParty) -> None:
    state = """<"&'> ;%20+ \u2603"""
    assert authorize(party, state=state)["state"] == state


def test_oidcc_ensure_post_request_succeeds(party: RelyingParty) -> None:
    asked = party.browser.post(party.at("authorization_endpoint"), party.request(**FORM_POST))
    assert "code" in posted(party.log_in(asked=asked))
