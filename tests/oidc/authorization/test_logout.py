"""Signing out."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import jwt
import pytest
import time_machine

from applications.models import Application
from common.clock import now, to_seconds
from identity.models import User
from oidc.keys.signing import sign_jwt
from oidc.models import AccessToken, Grant, RefreshToken, Session
from tests.oidc.authorization.browsing import WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.authorization.test_sessions import give_tokens

pytestmark = pytest.mark.django_db

GOODBYE = "https://spa.example.com/"


def fields_of(page: Any) -> dict[str, str]:
    """What the page's form would post."""
    assert page.status_code == 200, page.content
    html = page.content.decode()
    assert 'id="op.logoutForm"' in html and 'action="/oidc/session/end/confirm"' in html
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', html)}


def confirm(browser: Browser, fields: dict[str, str]) -> Any:
    return browser.client.post("/oidc/session/end/confirm", fields, content_type="application/json")


def sign_out(browser: Browser, **parameters: str) -> Any:
    return confirm(browser, fields_of(browser.client.get("/oidc/session/end", parameters)))


def hint(user: User, application: Application, **changes: Any) -> str:
    claims = {"iss": "http://localhost:8000/oidc", "sub": user.id, "aud": application.id, "exp": to_seconds(now()) - 9}
    return sign_jwt({**claims, **changes})


def test_signing_out_ends_the_session(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    response = sign_out(browser, client_id=spa.id, post_logout_redirect_uri=GOODBYE, state="s & s")
    assert (response.status_code, response["Location"]) == (303, f"{GOODBYE}?state=s+%26+s")
    assert not Session.objects.exists()
    assert browser.client.cookies["_session"].value == ""
    assert answer_of(browser.authorize(spa.id, prompt="none"))["error"] == "login_required"


def test_state_joins_the_query_of_the_registered_uri(browser: Browser, spa: Application) -> None:
    uri = "https://spa.example.com/bye?from=spa"
    assert sign_out(browser, client_id=spa.id, post_logout_redirect_uri=uri, state="1")["Location"] == f"{uri}&state=1"
    assert sign_out(browser, client_id=spa.id, post_logout_redirect_uri=uri)["Location"] == uri


def test_the_page_works_without_javascript(browser: Browser, spa: Application) -> None:
    page = browser.client.get("/oidc/session/end", {"client_id": spa.id}, HTTP_ACCEPT_LANGUAGE="ar")
    assert b"<button" in page.content
    assert b'dir="rtl"' in page.content
    assert page["X-Frame-Options"] == "DENY"
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]


def test_a_post_is_taken_like_a_get(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    page = browser.client.post("/oidc/session/end", {"client_id": spa.id}, content_type="application/json")
    assert confirm(browser, fields_of(page))["Location"] == "/oidc/session/end/success"
    assert not Session.objects.exists()
    last = browser.client.get("/oidc/session/end/success")
    assert (last.status_code, last["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_what_was_to_last_outlives_the_session(
    browser: Browser, spa: Application, web: Application, alice: User
) -> None:
    browser.signed_in(spa.id, alice)
    session = Session.objects.get()
    give_tokens(session)
    browser.authorize(web.id, redirect_uri=WEB_REDIRECT, scope="openid")
    sign_out(browser)
    assert Grant.objects.get(application=spa).revoked_at is None
    assert Grant.objects.get(application=web).revoked_at is not None
    token = RefreshToken.objects.get()
    assert (token.session_id, AccessToken.objects.get().session_id) == (None, None)


def test_tokens_of_a_grant_that_does_not_last_go_with_it(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice, scope="openid")
    give_tokens(Session.objects.get())
    sign_out(browser)
    assert not RefreshToken.objects.exists() and not AccessToken.objects.exists()


def test_tokens_bound_to_the_session_go_with_it(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    give_tokens(Session.objects.get(), with_session=True)
    sign_out(browser)
    assert Grant.objects.get().revoked_at is None
    assert not RefreshToken.objects.exists() and not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example.com/",
        "https://spa.example.com.evil.com/",
        "https://spa.example.com@evil.com/",
        "//spa.example.com/",
        "https://spa.example.com\\@evil.com/",
        "https://spa.example.com/\r\nSet-Cookie: a=b",
        "https://spa.example.com/#x",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_an_unregistered_uri(browser: Browser, spa: Application, alice: User, uri: str) -> None:
    response = browser.client.get("/oidc/session/end", {"client_id": spa.id, "post_logout_redirect_uri": uri})
    assert response.status_code == 400
    assert response.json()["error_description"] == "post_logout_redirect_uri not registered"
    by_hint = browser.client.get(
        "/oidc/session/end", {"id_token_hint": hint(alice, spa), "post_logout_redirect_uri": uri}
    )
    assert by_hint.status_code == 400


def test_without_a_client_the_uri_is_ignored(browser: Browser) -> None:
    assert sign_out(browser, post_logout_redirect_uri="https://evil.com/")["Location"] == "/oidc/session/end/success"


def test_a_native_client_has_no_free_port_here(browser: Browser, make_application: MakeApplication) -> None:
    application = make_application("Native", oidc={"postLogoutRedirectUris": ["http://127.0.0.1/bye"]})
    parameters = {"client_id": application.id, "post_logout_redirect_uri": "http://127.0.0.1:5000/bye"}
    assert browser.client.get("/oidc/session/end", parameters).status_code == 400


def test_an_expired_hint_names_the_client(browser: Browser, spa: Application, alice: User) -> None:
    response = sign_out(browser, id_token_hint=hint(alice, spa), post_logout_redirect_uri=GOODBYE)
    assert response["Location"] == GOODBYE


def test_a_hint_must_be_ours_and_the_clients(browser: Browser, spa: Application, web: Application, alice: User) -> None:
    forged = jwt.encode({"iss": "http://localhost:8000/oidc", "sub": alice.id, "aud": spa.id}, "k" * 32)
    foreign = hint(alice, spa, iss="http://acme.localhost:8000/oidc")
    for parameters in (
        {"id_token_hint": forged},
        {"id_token_hint": foreign},
        {"id_token_hint": "nonsense"},
        {"id_token_hint": hint(alice, spa), "client_id": web.id},
        {"id_token_hint": hint(alice, spa, aud="nobody")},
        {"client_id": "nobody"},
    ):
        response = browser.client.get("/oidc/session/end", parameters)
        assert (response.status_code, response.json()["error"][:8]) == (400, "invalid_")


def test_another_tenants_client_is_unknown(browser: Browser, acme_spa: Application) -> None:
    assert browser.client.get("/oidc/session/end", {"client_id": acme_spa.id}).json()["error"] == "invalid_client"


def test_a_confirmation_is_worth_something_in_its_own_session_only(
    browser: Browser, spa: Application, alice: User, bob: User
) -> None:
    browser.signed_in(spa.id, alice)
    attacker = Browser()
    attacker.signed_in(spa.id, bob)
    anonymous = Browser()
    for other in (attacker, anonymous):
        fields = fields_of(other.client.get("/oidc/session/end"))
        assert confirm(browser, fields).json()["error_description"] == "xsrf token invalid"
    tampered = {**fields_of(browser.client.get("/oidc/session/end")), "xsrf": "made:up:value"}
    assert confirm(browser, tampered).status_code == 400
    assert confirm(browser, {"logout": "yes"}).status_code == 400
    assert Session.objects.count() == 2


def test_a_confirmation_expires(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    fields = fields_of(browser.client.get("/oidc/session/end"))
    with time_machine.travel(now() + timedelta(hours=2)):
        assert confirm(browser, fields).status_code == 400


def test_without_the_word_nothing_ends(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    fields = fields_of(browser.client.get("/oidc/session/end"))
    assert confirm(browser, {"xsrf": fields["xsrf"]}).status_code == 303
    assert Session.objects.exists()
