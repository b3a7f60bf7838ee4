"""TLS to the mail server: used when it is offered, verified unless it was said not to (RFC 3207, RFC 8314)."""

from pathlib import Path
from typing import Any

import pytest

from common.errors import AppError
from connectors.failures import DeliveryError, FailureKind
from tests.certificates import write_certificate
from tests.connectors.smtp import send
from tests.mail_server import run_mail_server

CREDENTIALS = {"user": "robot", "pass": "very-secret"}
UNVERIFIED = {"rejectUnauthorized": False}


@pytest.fixture
def trusted(settings: Any, certificate: Path) -> Path:
    """The certificate of `localhost`, trusted by the installation."""
    settings.CA_CERTIFICATES = str(certificate)
    return certificate


def pem(certificate: Path) -> str:
    """The certificate without its key."""
    text = certificate.read_text()
    return text[text.index("-----BEGIN CERTIFICATE-----") :]


def test_an_offered_upgrade_is_taken(trusted: Path) -> None:
    """With `requireTLS` unset the password used to go over the wire in clear."""
    with run_mail_server(certificate=trusted, asks_for_password=True) as server:
        send(server.port, auth=CREDENTIALS)
    assert server.credentials == [("robot", "very-secret")]
    assert server.received[0].is_encrypted


def test_tls_from_the_start(trusted: Path) -> None:
    with run_mail_server(certificate=trusted, is_encrypted=True) as server:
        send(server.port, secure=True)
    assert server.received[0].is_encrypted


def test_ignore_tls_has_effect(certificate: Path) -> None:
    with run_mail_server(certificate=certificate) as server:
        send(server.port, ignoreTLS=True)
    assert not server.received[0].is_encrypted


def test_require_tls_has_effect() -> None:
    with run_mail_server(asks_for_password=True) as server:
        with pytest.raises(DeliveryError) as refused:
            send(server.port, requireTLS=True, auth=CREDENTIALS)
        assert refused.value.kind == FailureKind.TLS_NOT_OFFERED
        assert server.credentials == []


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_a_certificate_of_no_known_authority_gets_neither_password_nor_message(
    certificate: Path, is_encrypted: bool
) -> None:
    """An upgrade that fails is no reason to go on in clear."""
    with run_mail_server(certificate=certificate, is_encrypted=is_encrypted, asks_for_password=True) as server:
        with pytest.raises(DeliveryError) as refused:
            send(server.port, secure=is_encrypted, auth=CREDENTIALS)
        assert refused.value.kind == FailureKind.TLS_FAILED
        assert server.credentials == []
        assert server.received == []


def test_a_certificate_of_another_name_is_refused_unless_that_is_the_name(settings: Any, tmp_path: Path) -> None:
    other = write_certificate(tmp_path / "other.pem", "mail.example")
    settings.CA_CERTIFICATES = str(other)
    with run_mail_server(certificate=other) as server:
        with pytest.raises(DeliveryError) as refused:
            send(server.port)
        assert refused.value.kind == FailureKind.TLS_FAILED
        send(server.port, tls={"servername": "mail.example"})
    assert server.received[0].is_encrypted


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_reject_unauthorized_has_effect(certificate: Path, is_encrypted: bool) -> None:
    with run_mail_server(certificate=certificate, is_encrypted=is_encrypted) as server:
        send(server.port, secure=is_encrypted, tls=UNVERIFIED)
    assert server.received[0].is_encrypted


def test_an_authority_of_the_connectors_own(certificate: Path) -> None:
    with run_mail_server(certificate=certificate) as server:
        send(server.port, tls={"ca": pem(certificate), "minVersion": "TLSv1.3"})
    assert server.received[0].is_encrypted


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"ignoreTLS": True, "requireTLS": True}, "requireTLS"),
        ({"ignoreTLS": True, "secure": True}, "secure"),
        ({"ignoreTLS": True, "tls": UNVERIFIED}, "tls"),
        ({"tls": {"rejectUnauthorised": False}}, "tls.rejectUnauthorised"),
        ({"tls": {"rejectUnauthorized": "false"}}, "tls.rejectUnauthorized"),
        ({"tls": {"ca": "nothing"}}, "tls.ca"),
        ({"tls": {"minVersion": "TLSv1"}}, "tls.minVersion"),
        ({"tls": {"servername": "x..y"}}, "tls.servername"),
        ({"requireTls": True}, "requireTls"),
    ],
)
def test_what_would_have_no_effect_is_refused(config: dict[str, Any], path: str) -> None:
    with pytest.raises(AppError) as refused:
        send(25, **config)
    assert refused.value.code == "connector.invalid_config"
    assert [issue["path"] for issue in refused.value.data["issues"]] == [path]
