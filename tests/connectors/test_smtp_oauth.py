"""SMTP with access tokens: the ways to one, the mechanisms, and what becomes of one that is refused."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from common.errors import AppError
from connectors.failures import DeliveryError
from connectors.kinds.smtp import tokens
from tests.connectors.provider import Provider
from tests.connectors.smtp import send
from tests.mail_server import MailServer, run_mail_server

ACCESS_URL = "https://login.example/token"
REFRESH = {"type": "oauth2", "user": "robot@example.com", "clientId": "client", "refreshToken": "refresh"}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
DENIED = base64.b64encode(json.dumps({"status": "400"}).encode()).decode()


@dataclass
class TokenMailServer(MailServer):
    """Takes the tokens that it is told to; what it was shown is in `presented`."""

    taken: set[str] = field(default_factory=lambda: {"token-1"})
    presented: list[str] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        said = base64.b64decode(arguments[1]).decode()
        self.presented.append(said)
        if said.removeprefix("user=robot@example.com\1auth=Bearer ").removesuffix("\1\1") in self.taken:
            return AuthResult(success=True)
        await server.push(f"334 {DENIED}")
        assert server._reader is not None
        assert await server._reader.readline() == b"\r\n"
        return AuthResult(success=False, handled=False)


@pytest.fixture
def mail_server(certificate: Path, settings: Any) -> Iterator[TokenMailServer]:
    """With STARTTLS, by a certificate that is trusted."""
    settings.CA_CERTIFICATES = str(certificate)
    kept = TokenMailServer()
    with run_mail_server(certificate=certificate, asks_for_password=True, kept=kept):
        yield kept


def grant(provider: Provider, token: str, **members: Any) -> None:
    provider.answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3599, **members})


def test_a_refresh_token(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "token-1")
    send(mail_server.port, auth={**REFRESH, "clientSecret": "s3cret", "accessUrl": ACCESS_URL})
    assert len(mail_server.received) == 1
    assert mail_server.presented == ["user=robot@example.com\1auth=Bearer token-1\1\1"]
    assert provider.request.url == ACCESS_URL
    assert provider.request.form == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh",
        "client_id": "client",
        "client_secret": "s3cret",
    }


def test_googles_token_endpoint_is_the_usual_one(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "token-1")
    send(mail_server.port, auth={**REFRESH, "type": "OAuth2"})
    assert provider.request.url == "https://oauth2.googleapis.com/token"


def test_a_clients_own_credentials(mail_server: TokenMailServer, provider: Provider) -> None:
    """Microsoft's way for mail that no person sends."""
    scope = "https://outlook.office365.com/.default"
    grant(provider, "token-1")
    auth = {"type": "oauth2", "user": "robot@example.com", "clientId": "client", "clientSecret": "s3cret"}
    send(mail_server.port, auth={**auth, "scope": scope, "accessUrl": ACCESS_URL})
    assert provider.request.form == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "s3cret",
        "scope": scope,
    }


def test_a_service_accounts_key(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "token-1")
    auth = {"type": "oauth2", "user": "robot@example.com", "serviceClient": "1234", "privateKey": PEM}
    send(mail_server.port, auth=auth)
    form = provider.request.form
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    url = "https://oauth2.googleapis.com/token"
    claims = jwt.decode(form["assertion"], KEY.public_key(), algorithms=["RS256"], audience=url)
    assert (claims["iss"], claims["sub"], claims["scope"]) == ("1234", "robot@example.com", "https://mail.google.com/")
    assert claims["exp"] - claims["iat"] == 300


def test_an_access_token_as_it_is(mail_server: TokenMailServer, provider: Provider) -> None:
    send(mail_server.port, auth={"type": "oauth2", "user": "robot@example.com", "accessToken": "token-1"})
    assert len(mail_server.received) == 1
    assert not provider.requests


def test_a_token_is_used_until_it_ends(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "token-1")
    for _ in range(3):
        send(mail_server.port, auth=REFRESH)
    assert len(provider.requests) == 1
    [(key, (ends_at, token))] = tokens._held.items()
    tokens._held[key] = ends_at - 3600, token
    send(mail_server.port, auth=REFRESH)
    assert len(provider.requests) == 2


def test_other_credentials_have_another_token(mail_server: TokenMailServer, provider: Provider) -> None:
    """A tenant that knows another's client, and not its refresh token, must not send with its token."""
    grant(provider, "token-1")
    send(mail_server.port, auth=REFRESH)
    provider.answers[:] = []
    provider.answer(400, {"error": "invalid_grant"})
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port, auth={**REFRESH, "refreshToken": "guessed"})
    assert (refused.value.kind, refused.value.permanent) == ("credentials_refused", True)


def test_a_remembered_token_that_was_taken_back_is_replaced(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "token-1")
    grant(provider, "token-2")
    send(mail_server.port, auth=REFRESH)
    mail_server.taken = {"token-2"}
    send(mail_server.port, auth=REFRESH)
    assert len(mail_server.received) == 2
    assert [said.rpartition(" ")[2].strip("\1") for said in mail_server.presented] == ["token-1", "token-1", "token-2"]


def test_a_new_token_that_is_refused(mail_server: TokenMailServer, provider: Provider) -> None:
    grant(provider, "another")
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port, auth=REFRESH)
    assert (refused.value.kind, refused.value.permanent) == ("credentials_refused", True)
    assert len(mail_server.presented) == 1


def test_the_mechanism_of_rfc_7628(certificate: Path, settings: Any, provider: Provider) -> None:
    class Server(MailServer):
        async def auth_OAUTHBEARER(self, _server: SMTP, arguments: list[str]) -> AuthResult:
            self.refusals["said"] = base64.b64decode(arguments[1]).decode()
            return AuthResult(success=True)

    settings.CA_CERTIFICATES = str(certificate)
    kept = Server()
    grant(provider, "token-1")
    with run_mail_server(certificate=certificate, asks_for_password=True, kept=kept):
        send(kept.port, auth={**REFRESH, "user": "a=b,c"})
    assert kept.refusals["said"] == "n,a=a=3Db=2Cc,\1auth=Bearer token-1\1\1"


def test_a_server_that_takes_no_tokens(certificate: Path, settings: Any, provider: Provider) -> None:
    settings.CA_CERTIFICATES = str(certificate)
    grant(provider, "token-1")
    running = run_mail_server(certificate=certificate, asks_for_password=True)
    with running as server, pytest.raises(DeliveryError) as refused:
        send(server.port, auth=REFRESH)
    assert (refused.value.kind, refused.value.permanent) == ("credentials_not_asked", True)


def test_no_token_is_sent_in_clear(provider: Provider) -> None:
    """Whoever strips STARTTLS from the greeting would have the token, and read or send with it for an hour."""
    grant(provider, "token-1")
    kept = TokenMailServer()
    with run_mail_server(asks_for_password=True, kept=kept), pytest.raises(DeliveryError) as refused:
        send(kept.port, auth=REFRESH)
    assert (refused.value.kind, refused.value.permanent) == ("tls_not_offered", True)
    assert kept.presented == []


def test_tokens_without_tls_cannot_be_configured() -> None:
    with pytest.raises(AppError) as refused:
        send(25, auth=REFRESH, ignoreTLS=True)
    assert [issue["path"] for issue in refused.value.data["issues"]] == ["ignoreTLS"]


@pytest.mark.parametrize(
    "lasts",
    [0, -1, -(10**400), 10**400, "3600", None, 1.5],
    ids=["none", "less", "far less", "far more", "text", "null", "fraction"],
)
def test_a_token_may_last_as_it_likes(mail_server: TokenMailServer, provider: Provider, lasts: Any) -> None:
    """A number beyond a float's was an internal error, and the message was given up."""
    grant(provider, "token-1", expires_in=lasts)
    send(mail_server.port, auth=REFRESH)
    assert len(mail_server.received) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "is_permanent"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
            "credentials_refused",
            True,
        ),
        (401, {"error": "invalid_client"}, "credentials_refused", True),
        (429, {"error": "slow_down"}, "rate_limited", False),
        (503, "", "provider_unavailable", False),
        (302, "", "unexpected_answer", True),
        (200, {"token_type": "Bearer"}, "unexpected_answer", True),
        (200, {"access_token": "a\r\nRCPT TO:<eve@example.com>"}, "unexpected_answer", True),
        (200, {"access_token": "a" * 10_000}, "unexpected_answer", True),
        (200, "[" * 10_000, "unexpected_answer", True),
    ],
)
def test_what_a_token_endpoint_may_answer(
    mail_server: TokenMailServer, provider: Provider, status: int, body: Any, kind: str, is_permanent: bool
) -> None:
    provider.answer(status, body)
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port, auth={**REFRESH, "clientSecret": "s3cret"})
    assert (refused.value.kind, refused.value.permanent) == (kind, is_permanent)
    assert "s3cret" not in refused.value.explanation
    assert not mail_server.presented


@pytest.mark.parametrize(
    ("auth", "path"),
    [
        ({}, "auth.refreshToken"),
        ({"user": ""}, "auth.user"),
        ({"user": "ro\1bot", "accessToken": "token"}, "auth.user"),
        ({"refreshToken": "refresh"}, "auth.clientId"),
        ({"scope": "mail", "clientId": "client"}, "auth.clientSecret"),
        ({"serviceClient": "1234"}, "auth.privateKey"),
        ({"serviceClient": "1234", "privateKey": "key"}, "auth.privateKey"),
        ({"accessToken": "tok en"}, "auth.accessToken"),
        ({"accessToken": "token", "pass": "secret"}, "auth.pass"),
        ({"accessToken": "token", "accessUrl": "file:///etc/passwd"}, "auth.accessUrl"),
    ],
)
def test_what_is_missing_is_named(auth: dict[str, str], path: str) -> None:
    with pytest.raises(AppError) as refused:
        send(25, auth={"type": "oauth2", "user": "robot@example.com", **auth})
    assert refused.value.code == "connector.invalid_config"
    assert [issue["path"] for issue in refused.value.data["issues"]] == [path]


def test_tokens_are_asked_for_over_https(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(AppError) as refused:
        send(25, auth={**REFRESH, "accessUrl": "http://login.example/token"})
    assert [issue["path"] for issue in refused.value.data["issues"]] == ["auth.accessUrl"]
