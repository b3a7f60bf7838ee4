"""The authorization code flow: what a callback must bring, and how a provider's failures are told."""

import socket
import time
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from common.errors import AppError
from common.http import OutboundRequestError, Response, TimedOutError
from connectors.oauth import calls
from connectors.oauth.discovery import discover
from connectors.oauth.openid import with_userinfo
from tenants.context import enter_tenant
from tests.connectors.social.web import CALLBACK, CLIENT, STATE, Issuer, Kind, Web, parameters_of

ISSUER = "https://idp.example"
TOKEN = f"{ISSUER}/token"
USER = f"{ISSUER}/me"
OAUTH2 = {
    **CLIENT,
    "authorizationEndpoint": f"{ISSUER}/authorize?audience=things",
    "tokenEndpoint": TOKEN,
    "userInfoEndpoint": USER,
    "customConfig": {"prompt": "login"},
    "scope": "read write",
}
OIDC = {
    **CLIENT,
    "authorizationEndpoint": f"{ISSUER}/authorize",
    "tokenEndpoint": TOKEN,
    "idTokenVerificationConfig": {"jwksUri": f"{ISSUER}/jwks", "issuer": ISSUER},
}


def failure_of(kind: Kind, session: dict[str, Any], **data: Any) -> AppError:
    with pytest.raises(AppError) as failure:
        kind.finish(session, **data)
    return failure.value


@pytest.fixture
def oauth2(web: Web) -> Kind:
    web.answer(TOKEN, {"access_token": "access-1", "token_type": "bearer", "expires_in": 3600})
    web.answer(USER, {"id": 7, "name": "Dana", "email": "dana@idp.example", "phone": "+1 202 555 0117"})
    return Kind("oauth2", OAUTH2)


def test_the_request_has_state_and_pkce_and_keeps_what_the_endpoint_has(oauth2: Kind) -> None:
    start = oauth2.start()
    sent = parameters_of(start.url)
    assert sent.pop("code_challenge")
    assert sent == {
        "audience": "things",
        "response_type": "code",
        "client_id": "client-1",
        "redirect_uri": CALLBACK,
        "scope": "read write",
        "state": STATE,
        "prompt": "login",
        "code_challenge_method": "S256",
    }
    assert start.session["codeVerifier"] not in start.url
    assert oauth2.start().session["codeVerifier"] != start.session["codeVerifier"]


def test_the_code_is_exchanged_with_the_verifier_and_the_clients_secret(oauth2: Kind, web: Web) -> None:
    session = oauth2.start().session
    found = oauth2.finish(session)
    assert dict(web.sent_to(TOKEN).form) == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": CALLBACK,
        "code_verifier": session["codeVerifier"],
        "client_id": "client-1",
        "client_secret": CLIENT["clientSecret"],
    }
    assert web.sent_to(USER).headers["authorization"] == "Bearer access-1"
    assert found.tokens is not None
    assert found.tokens.expires_at is not None
    assert 3590 < found.tokens.expires_at - time.time() <= 3600


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"state": "of-another-browser"}, "invalid_state"),
        ({"state": ["state-1"]}, "invalid_state"),
        ({"redirectUri": "https://mallory.example/callback"}, "invalid_redirect_uri"),
        ({"error": "access_denied"}, "access_denied"),
        # A refusal counts only for the sign-in that it belongs to.
        ({"error": "access_denied", "state": "of-another-browser"}, "invalid_state"),
    ],
)
def test_a_callback_that_does_not_belong_to_the_sign_in(
    oauth2: Kind, web: Web, data: dict[str, Any], error: str
) -> None:
    failure = failure_of(oauth2, oauth2.start().session, **data)
    assert (failure.code, failure.data) == ("connector.authorization_failed", {"error": error})
    assert web.sent == []


def test_a_callback_without_a_code(oauth2: Kind) -> None:
    for code in (None, "", ["code-1"]):
        assert failure_of(oauth2, oauth2.start().session, code=code).code == "connector.social_auth_code_invalid"
    assert failure_of(oauth2, oauth2.start().session, code="x" * 5000).code == "connector.social_auth_code_invalid"


def test_the_words_of_a_provider_are_bounded(oauth2: Kind) -> None:
    long = "nobody\n" * 1000
    failure = failure_of(oauth2, oauth2.start().session, error="x" * 5000, error_description=long)
    assert len(failure.data["error"]) == 256
    assert "\n" not in failure.data["errorDescription"]


def test_an_answer_of_another_issuer_is_refused(web: Web) -> None:
    """Mix-up (RFC 9207): a hostile provider sends its user to ours with a code of an honest one, or the other way."""
    kind = Kind("oidc", OIDC)
    failure = failure_of(kind, kind.start().session, iss="https://mallory.example")
    assert (failure.code, failure.data) == ("connector.authorization_failed", {"error": "invalid_issuer"})
    assert web.sent == []


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid_grant"}, "connector.social_auth_code_invalid"),
        (401, {"error": "invalid_client", "error_description": "no"}, "connector.authorization_failed"),
        (200, {"error": "bad_verification_code"}, "connector.social_auth_code_invalid"),
        (400, {"error": {"type": "OAuthException", "message": "no"}}, "connector.authorization_failed"),
        (200, {}, "connector.invalid_response"),
        (200, {"access_token": 7}, "connector.invalid_response"),
        (200, {"access_token": "x" * 40_000}, "connector.invalid_response"),
        (200, [], "connector.invalid_response"),
        (200, "<html>", "connector.invalid_response"),
        (200, "[" * 100_000, "connector.invalid_response"),
        (200, {"access_token": "access-1", "expires_in": {"in": 1}}, "connector.invalid_response"),
        (302, "", "connector.general"),
        (500, "<html>", "connector.general"),
        (200, TimedOutError("late"), "connector.timed_out"),
        (200, OutboundRequestError("the request failed: ConnectError"), "connector.general"),
    ],
)
def test_what_a_token_endpoint_may_answer(oauth2: Kind, web: Web, status: int, body: Any, code: str) -> None:
    web.answer(TOKEN, body, status=status)
    failure = failure_of(oauth2, oauth2.start().session)
    assert failure.code == code
    assert CLIENT["clientSecret"] not in str(failure.as_body())


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": "expired"}, "connector.social_invalid_access_token"),
        (500, "", "connector.general"),
        (200, "<html>", "connector.invalid_response"),
        (200, [], "connector.invalid_response"),
        (200, {"name": "nobody"}, "connector.invalid_response"),
        (200, {"id": True}, "connector.invalid_response"),
        (200, {"id": "x" * 300}, "connector.invalid_response"),
    ],
)
def test_what_an_api_may_answer(oauth2: Kind, web: Web, status: int, body: Any, code: str) -> None:
    web.answer(USER, body, status=status)
    assert failure_of(oauth2, oauth2.start().session).code == code


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("access_token=access-1&scope=read&expires_in=60", "text/plain"), ({"access_token": "access-1"}, "text/html")],
)
def test_tokens_come_as_json_or_as_a_query_string(oauth2: Kind, web: Web, body: Any, content_type: str) -> None:
    web.answer(TOKEN, body, content_type=content_type)
    tokens = oauth2.sign_in().tokens
    assert tokens is not None
    assert tokens.access_token == "access-1"


def test_tokens_are_renewed_and_the_old_refresh_token_stays_if_no_other_comes(oauth2: Kind, web: Web) -> None:
    web.answer(TOKEN, {"access_token": "access-2"})
    connector: Any = oauth2.factory.connector
    tokens = connector.refresh(oauth2.config, "refresh-1")
    assert (tokens.access_token, tokens.refresh_token) == ("access-2", "refresh-1")
    sent = web.sent_to(TOKEN)
    assert (sent.form["grant_type"], sent.form["refresh_token"]) == ("refresh_token", "refresh-1")
    web.answer(TOKEN, {"error": "invalid_grant"}, status=400)
    with pytest.raises(AppError) as failure:
        connector.refresh(oauth2.config, "refresh-1")
    assert failure.value.code == "connector.social_auth_code_invalid"


def test_userinfo_must_be_of_the_same_user() -> None:
    claims = {"sub": "user-1", "email": "dana@idp.example", "email_verified": True, "iss": ISSUER}
    assert with_userinfo(claims, {"sub": "user-1", "name": "Dana", "iss": "other"}) == {**claims, "name": "Dana"}
    # That one address is verified says nothing of the other.
    other = with_userinfo(claims, {"sub": "user-1", "email": "carol@victim.example"})
    assert "email_verified" not in other
    # Nor is a flag without an address about the other document's.
    unverified = {"sub": "user-1", "email": "carol@victim.example"}
    assert with_userinfo(unverified, {"sub": "user-1", "email_verified": True}) == unverified


def test_metadata_of_another_issuer_is_refused(web: Web) -> None:
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": TOKEN,
        "jwks_uri": f"{ISSUER}/jwks",
    }
    odd: list[dict[str, Any]] = [{"issuer": "https://mallory.example"}, {"issuer": None}, {"jwks_uri": "ftp://x"}]
    odd.append({"token_endpoint": "http://idp.example/token"})
    for number, changes in enumerate([*odd, {"token_endpoint": 7}]):
        tried = f"{ISSUER}/{number}"
        web.answer(f"{tried}/.well-known/openid-configuration", {**document, "issuer": tried, **changes})
        with pytest.raises(AppError) as failure:
            discover(tried)
        assert failure.value.code == "connector.invalid_response"
    web.answer(f"{ISSUER}/.well-known/openid-configuration", document)
    assert discover(ISSUER).token_endpoint == discover(f"{ISSUER}/").token_endpoint == TOKEN


def test_microsoft_names_the_issuer_of_all_tenants_by_a_template(web: Web) -> None:
    common = "https://login.microsoftonline.com/common/v2.0"
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    document = {
        "issuer": template,
        "authorization_endpoint": f"{common}/authorize",
        "token_endpoint": f"{common}/token",
        "jwks_uri": f"{common}/keys",
    }
    web.answer(f"{common}/.well-known/openid-configuration", document)
    assert discover(common).issuer == template
    # Nobody else does.
    web.answer(
        "https://login.mallory.example/common/v2.0/.well-known/openid-configuration",
        {**document, "issuer": "https://login.mallory.example/{tenantid}/v2.0"},
    )
    with pytest.raises(AppError):
        discover("https://login.mallory.example/common/v2.0")


def test_all_calls_of_a_sign_in_share_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = []

    def fetch(method: str, url: str, **options: Any) -> Response:
        allowed.append(options["longest"])
        return Response(200, {}, b"{}")

    monkeypatch.setattr(calls, "fetch", fetch)
    with enter_tenant("default"), calls.time_limit(3):
        calls.get_object(USER)
        with calls.time_limit(60):
            calls.get_object(USER)
    assert allowed[1] <= allowed[0] <= 3
    with enter_tenant("default"), calls.time_limit(-1), pytest.raises(AppError) as failure:
        calls.get_object(USER)
    assert failure.value.code == "connector.timed_out"
    assert len(allowed) == 2


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
def test_a_provider_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    """Neither one that says nothing nor one that begins and stops holds a thread longer than its time."""
    monkeypatch.setattr(calls, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server, enter_tenant("default"):

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(beginning)
                # Until the other side hangs up.
                connection.recv(4096)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(AppError) as failure:
            calls.get_object(f"http://127.0.0.1:{server.getsockname()[1]}/me")
        assert failure.value.code == "connector.timed_out"
        assert time.monotonic() - began < calls.LONGEST_CALL
        thread.join(5)
        assert not thread.is_alive()


def test_a_slow_provider_does_not_take_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three calls to one host do not run at once: the others are told after a moment, others' go on."""
    monkeypatch.setattr(calls, "_PATIENCE", 0.01)
    monkeypatch.setattr(calls, "fetch", lambda *_, **__: Response(200, {}, b"{}"))
    with enter_tenant("default"), calls._place(USER), calls._place(USER), calls._place(USER):
        with pytest.raises(AppError) as failure:
            calls.get_object(USER)
        with enter_tenant("acme"):
            assert calls.get_object("https://other.example/me") == {}
            with pytest.raises(AppError):
                calls.get_object(USER)
    assert failure.value.code == "connector.timed_out"
    assert not calls._running
    with enter_tenant("default"):
        assert calls.get_object(USER) == {}


def test_few_wait_for_a_slow_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting call keeps its thread as a running one does: whoever comes third is told at once."""
    monkeypatch.setattr(calls, "_PATIENCE", 60.0)
    refused: Queue[AppError] = Queue()

    def ask() -> None:
        with enter_tenant("default"):
            try:
                with calls._place(USER):
                    pass
            except AppError as error:
                refused.put(error)

    with enter_tenant("default"), calls._place(USER), calls._place(USER), calls._place(USER):
        threads = [Thread(target=ask, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        error = refused.get(timeout=10)
    for thread in threads:
        thread.join(10)
    assert (error.code, error.status) == ("connector.timed_out", 503)
    assert refused.empty()
    assert not calls._running


@override_settings(ALLOW_PRIVATE_ADDRESSES=False, ALLOWED_PRIVATE_HOSTS=["idp.internal"])
def test_secrets_go_over_https_alone_except_to_hosts_of_the_installations_own() -> None:
    for endpoint, is_taken in (
        ("https://idp.example/token", True),
        ("http://idp.example/token", False),
        ("http://idp.internal/token", True),
    ):
        config = {**OAUTH2, "tokenEndpoint": endpoint}
        if is_taken:
            Kind("oauth2", config)
        else:
            with pytest.raises(AppError) as failure:
                Kind("oauth2", config)
            assert failure.value.code == "connector.invalid_config"


@pytest.mark.parametrize("name", ["redirect_uri", "state", "code_challenge", "nonce", "request_uri", "response_type"])
def test_further_parameters_do_not_replace_those_of_the_flow(name: str) -> None:
    with pytest.raises(AppError) as failure:
        Kind("oauth2", {**OAUTH2, "customConfig": {name: "x"}})
    assert failure.value.code == "connector.invalid_config"


@pytest.mark.parametrize(
    "verification",
    [
        {},
        {"issuer": ISSUER},
        {"jwksUri": f"{ISSUER}/jwks", "algorithms": ["none"]},
        {"jwksUri": f"{ISSUER}/jwks", "algorithms": ["RS256", "HS256"]},
        {"jwksUri": f"{ISSUER}/jwks", "clockTolerance": 100_000},
        {"jwksUri": f"{ISSUER}/jwks", "currentDate": 0},
    ],
)
def test_id_tokens_are_not_verified_by_less(verification: dict[str, Any]) -> None:
    with pytest.raises(AppError) as failure:
        Kind("oidc", {**OIDC, "idTokenVerificationConfig": verification})
    assert failure.value.code == "connector.invalid_config"


def test_an_id_token_must_come_and_be_of_this_sign_in(web: Web) -> None:
    issuer = Issuer(ISSUER)
    kind = Kind("oidc", {**OIDC, "trustUnverifiedEmail": True})
    web.answer(f"{ISSUER}/jwks", issuer.jwks)
    session = kind.start().session
    web.answer(TOKEN, {"access_token": "access-1"})
    assert failure_of(kind, session).code == "connector.social_invalid_id_token"
    web.answer(TOKEN, {"access_token": "access-1", "id_token": issuer.sign(nonce=kind.start().session["nonce"])})
    assert failure_of(kind, session).data == {"reason": "nonce"}
    token = issuer.sign(nonce=session["nonce"], email="dana@idp.example", email_verified=False)
    web.answer(TOKEN, {"access_token": "access-1", "id_token": token})
    found = kind.finish(session)
    assert (found.user.id, found.user.email, found.issuer) == ("user-1", "dana@idp.example", ISSUER)
