"""RP-Initiated Logout OP. Each test bears the name of the suite's module."""

from typing import Any

import jwt
import pytest

from identity.models import User
from oidc.models import Session
from tests.spec.relying_party import GOODBYE, RelyingParty, answer_at, make_person

pytestmark = pytest.mark.django_db

QUESTION = "Do you want to sign out?"


def hint_of(party: RelyingParty) -> str:
    return str(party.tokens()["id_token"])


def is_signed_in(party: RelyingParty) -> bool:
    return "code" in answer_at(party.ask(prompt="none"))


def asks(page: Any) -> bool:
    """Whether the page waits for the user instead of sending itself."""
    text = page.content.decode()
    assert page.status_code == 200
    assert "op.logoutForm" in text
    assert (QUESTION in text) != ("document.forms[0].submit()" in text)
    return QUESTION in text


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(party: RelyingParty, settings: Any) -> None:
    settings.BASE_URL = "https://localhost:8000"
    endpoint = party.browser.get("/oidc/.well-known/openid-configuration").json()["end_session_endpoint"]
    assert endpoint == "https://localhost:8000/oidc/session/end"


@pytest.mark.parametrize("method", ["get", "post"])
def test_oidcc_rp_initiated_logout(party: RelyingParty, method: str) -> None:
    state = "s" * 128
    page = party.end(method, id_token_hint=hint_of(party), post_logout_redirect_uri=GOODBYE, state=state)
    assert not asks(page), "the hint names the session's user"
    assert party.leave(page)["Location"] == f"{GOODBYE}?state={state}"
    assert not is_signed_in(party)


@pytest.mark.parametrize("uri", [f"{GOODBYE}/bad", f"{GOODBYE}?foo=bar"])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(party: RelyingParty, uri: str) -> None:
    """And `oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri`."""
    answer = party.end(id_token_hint=hint_of(party), post_logout_redirect_uri=uri, state="s")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_oidcc_rp_initiated_logout_modified_id_token_hint(party: RelyingParty) -> None:
    claims = jwt.decode(hint_of(party), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none")
    answer = party.end(id_token_hint=unsigned, post_logout_redirect_uri=GOODBYE, state="s")
    assert answer.status_code == 400


def test_oidcc_rp_initiated_logout_bad_id_token_hint(party: RelyingParty) -> None:
    head, _, signature = hint_of(party).rpartition(".")
    answer = party.end(id_token_hint=f"{head}.{signature[::-1]}", post_logout_redirect_uri=GOODBYE, state="s")
    assert answer.status_code == 400


def test_oidcc_rp_initiated_logout_no_id_token_hint(party: RelyingParty) -> None:
    hint_of(party)
    page = party.end(post_logout_redirect_uri=GOODBYE, state="s")
    assert asks(page)
    assert party.leave(page)["Location"] == "/oidc/session/end/success", "nobody says whose address it is"
    assert not is_signed_in(party)


@pytest.mark.parametrize("parameters", [{}, {"state": "s"}], ids=["no-params", "only-state"])
def test_oidcc_rp_initiated_logout_no_params(party: RelyingParty, parameters: dict[str, str]) -> None:
    hint_of(party)
    page = party.end(**parameters)
    assert asks(page)
    last = party.browser.get(party.leave(page)["Location"])
    assert "You are signed out" in last.content.decode()
    assert not is_signed_in(party)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(party: RelyingParty) -> None:
    page = party.end(id_token_hint=hint_of(party), state="s")
    assert not asks(page)
    assert party.leave(page)["Location"] == "/oidc/session/end/success"
    assert not is_signed_in(party)


def test_oidcc_rp_initiated_logout_no_state(party: RelyingParty) -> None:
    page = party.end(id_token_hint=hint_of(party), post_logout_redirect_uri=GOODBYE)
    assert party.leave(page)["Location"] == GOODBYE


class TestQuestion:
    """Section 2: the provider asks where no hint shows that the request is about the user who is signed in."""

    def test_a_user_may_stay(self, party: RelyingParty) -> None:
        hint_of(party)
        answer = party.leave(party.end(), "no")
        assert "You are still signed in" in answer.content.decode()
        assert is_signed_in(party)

    def test_the_hint_of_another_user_is_a_reason_to_ask(self, party: RelyingParty) -> None:
        make_person("bob", number="4366412345679")
        another = RelyingParty(party.application)
        hint = another.tokens("bob")["id_token"]
        hint_of(party)
        page = party.end(id_token_hint=hint, post_logout_redirect_uri=GOODBYE)
        assert asks(page)
        assert party.leave(page)["Location"] == GOODBYE

    def test_a_client_id_alone_is_no_hint(self, party: RelyingParty) -> None:
        hint_of(party)
        page = party.end(client_id=party.id, post_logout_redirect_uri=GOODBYE)
        assert asks(page)
        assert party.leave(page)["Location"] == GOODBYE

    def test_who_is_not_signed_in_is_not_asked(self, party: RelyingParty) -> None:
        assert not asks(party.end())

    def test_applications_without_a_profile_sign_their_users_out_at_once(
        self, party: RelyingParty, alice: User
    ) -> None:
        hint_of(party)
        party.application.custom_client_metadata = {}
        party.application.save()
        assert not asks(party.end(client_id=party.id, post_logout_redirect_uri=GOODBYE))
        assert Session.objects.count() == 1

    def test_the_page_speaks_the_users_language(self, party: RelyingParty) -> None:
        hint_of(party)
        assert "Möchten Sie sich abmelden?" in party.end(ui_locales="de").content.decode()
