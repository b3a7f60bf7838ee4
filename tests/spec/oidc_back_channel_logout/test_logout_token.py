"""OpenID Connect Back-Channel Logout 1.0, sections 2.1 to 2.4: what is registered, advertised and said."""

from typing import Any

import jwt
import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.errors import AppError
from identity.models import User
from oidc.models import Session
from oidc.sessions.sessions import revoke_session
from tenants.models import Domain, Tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.spec.oidc_back_channel_logout.receiver import Receiver

pytestmark = pytest.mark.django_db

ISSUER = "http://localhost:8000/oidc"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
NO_URIS = {"redirectUris": [], "postLogoutRedirectUris": []}


def revoke(committed: Any, session: Session) -> None:
    with committed():
        revoke_session(session.user_id, session.id, actor=SYSTEM)


def id_token_of(browser: Browser, application: Application, code: str) -> dict[str, Any]:
    answer = browser.client.post(
        "/oidc/token",
        {
            "grant_type": "authorization_code",
            "client_id": application.id,
            "code": code,
            "redirect_uri": SPA_REDIRECT,
            "code_verifier": VERIFIER,
        },
        content_type="application/json",
    )
    claims: dict[str, Any] = jwt.decode(answer.json()["id_token"], options={"verify_signature": False})
    return claims


def test_2_1_the_provider_says_that_it_supports_back_channel_logout(client: Client, tenant: Tenant) -> None:
    metadata = client.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True


@pytest.mark.parametrize(
    "uri",
    ["https://rp.example.com/logout", "http://localhost:3000/logout?rp=1", "http://backend:3000/", "https://[::1]/"],
)
def test_2_2_an_absolute_uri_is_registered(tenant: Tenant, uri: str) -> None:
    application = create_application(
        name="RP", type="SPA", oidc_client_metadata={**NO_URIS, "backchannelLogoutUri": uri}, actor=SYSTEM
    )
    assert application.oidc_client_metadata["backchannelLogoutUri"] == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/logout",
        "//rp.example.com/logout",
        "ftp://rp.example.com/",
        "javascript:alert(1)",
        "myapp://logout",
        "https:///logout",
        "https://rp.example.com/logout#fragment",
        "https://user:password@rp.example.com/",
        "https://rp.example.com:99999/",
        "https://rp.example.com/\r\nX: y",
        "https://rp.example.com/" + "x" * 2048,
    ],
)
def test_2_2_a_uri_has_no_fragment_and_is_http(tenant: Tenant, uri: str) -> None:
    with pytest.raises(AppError) as caught:
        create_application(
            name="RP", type="SPA", oidc_client_metadata={**NO_URIS, "backchannelLogoutUri": uri}, actor=SYSTEM
        )
    assert (caught.value.status, caught.value.code) == (400, "guard.invalid_input")


def test_2_4_the_claims_of_a_logout_token(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    session = Session.objects.get()
    place = session.authorizations.get()
    revoke(committed, session)
    [token] = receiver.tokens
    claims = receiver.verified(token, audience=listener.id, issuer=ISSUER)
    assert jwt.get_unverified_header(token).keys() == {"alg", "typ", "kid"}
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    assert claims.keys() == {"iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"}
    assert (claims["sub"], claims["aud"], claims["sid"]) == (alice.id, listener.id, place.id)
    assert claims["events"] == {EVENT: {}}
    assert claims["exp"] - claims["iat"] == 120


def test_2_4_a_nonce_claim_must_not_be_present(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice, nonce="a nonce of the sign-in")
    revoke(committed, Session.objects.get())
    assert "nonce" not in receiver.claims[0]


def test_2_4_sid_only_where_the_client_requires_it(
    browser: Browser, make_application: MakeApplication, receiver: Receiver, alice: User, committed: Any
) -> None:
    application = make_application(oidc={"backchannelLogoutUri": receiver.uri})
    code = answer_of(browser.signed_in(application.id, alice))["code"]
    assert "sid" not in id_token_of(browser, application, code)
    revoke(committed, Session.objects.get())
    assert receiver.claims[0]["sub"] == alice.id
    assert "sid" not in receiver.claims[0]


def test_2_1_sid_is_that_of_the_id_token(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    code = answer_of(browser.signed_in(listener.id, alice))["code"]
    sid = id_token_of(browser, listener, code)["sid"]
    revoke(committed, Session.objects.get())
    assert [claims["sid"] for claims in receiver.claims] == [sid]


def test_2_1_sid_without_a_uri_is_not_in_the_id_token(
    browser: Browser, make_application: MakeApplication, alice: User
) -> None:
    application = make_application(oidc={"backchannelLogoutSessionRequired": True})
    code = answer_of(browser.signed_in(application.id, alice))["code"]
    assert "sid" not in id_token_of(browser, application, code)


def test_2_4_the_issuer_is_the_one_the_client_knows(
    listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    """Wherever the session is ended from, the client hears of it under the host at which it signed the user in."""
    Domain.objects.create(domain="login.example.com", status=Domain.Status.ACTIVE)
    browser = Browser(secure=True)
    browser.origin = "https://login.example.com"
    browser.client = Client(HTTP_HOST="login.example.com")
    browser.signed_in(listener.id, alice)
    revoke(committed, Session.objects.get())
    receiver.verified(receiver.tokens[0], audience=listener.id, issuer="https://login.example.com/oidc")


def test_2_4_every_token_has_an_identifier_of_its_own(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    for found in (browser, Browser()):
        found.signed_in(listener.id, alice)
    for session in Session.objects.all():
        revoke(committed, session)
    assert len({claims["jti"] for claims in receiver.claims}) == 2
    assert len({claims["sid"] for claims in receiver.claims}) == 2


def test_a_logout_token_is_no_id_token_and_no_access_token(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    revoke(committed, Session.objects.get())
    token = receiver.tokens[0]
    assert browser.client.get("/oidc/session/end", {"id_token_hint": token}).status_code == 400
    assert browser.client.get("/oidc/me", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert browser.client.get("/api/users", headers={"authorization": f"Bearer {token}"}).status_code == 401
