"""The range lookup of breached passwords."""

import logging
import time
from typing import Any

import pytest
from pytest_django import Settings

from common.http import OutboundRequestError, Response
from events.models import AuditLog
from identity.passwords import PasswordPolicy, breaches, find_issues
from tenants.context import enter_tenant
from tenants.models import Tenant

SUFFIX = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"  # of "password", after 5BAA6
OTHER = "0" * 34 + "A"
PADDING = "0" * 34 + "B"


class Service:
    """The breach service: what it was asked, and what it answers or fails with."""

    def __init__(self) -> None:
        body = f"{OTHER}:1\r\n{SUFFIX.lower()}:9545824\r\n{PADDING}:0\r\n"
        self.answer: Response | Exception = Response(200, {}, body.encode())
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def fetch(self, method: str, url: str, **options: Any) -> Response:
        self.calls.append((method, url, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Service:
    settings.PWNED_PASSWORDS_ENABLED = True
    service = Service()
    monkeypatch.setattr(breaches, "fetch", service.fetch)
    monkeypatch.setattr(breaches._pause, "until", 0.0)
    return service


def test_suffixes_of_the_range_without_padding(service: Service) -> None:
    assert breaches.look_up_breached_suffixes("5BAA6") == {OTHER, SUFFIX}


def test_request_is_padded_and_bounded(service: Service) -> None:
    breaches.look_up_breached_suffixes("5BAA6")
    ((method, url, options),) = service.calls
    assert (method, url) == ("GET", "https://api.pwnedpasswords.com/range/5BAA6")
    assert options["headers"] == {"Add-Padding": "true"}
    assert options["timeout"] <= 5
    assert options["max_bytes"] <= 1_000_000


def test_mirror_takes_the_place_of_the_service(service: Service, settings: Settings) -> None:
    settings.PWNED_PASSWORDS_URL = "https://mirror.example/range"
    breaches.look_up_breached_suffixes("5BAA6")
    assert service.calls[0][1] == "https://mirror.example/range/5BAA6"


def test_policy_asks_the_service_unless_told_otherwise(service: Service) -> None:
    issues = find_issues("password", PasswordPolicy.from_settings({}))
    assert "password_rejected.pwned" in [issue.code for issue in issues]


def test_turned_off_asks_nobody(service: Service, settings: Settings) -> None:
    settings.PWNED_PASSWORDS_ENABLED = False
    assert breaches.look_up_breached_suffixes("5BAA6") == frozenset()
    assert service.calls == []


@pytest.mark.parametrize(
    "answer",
    [
        OutboundRequestError("cannot resolve api.pwnedpasswords.com"),
        Response(503, {}, b"busy"),
        Response(302, {}, b""),
    ],
)
def test_outage_lets_people_sign_up_and_is_logged(
    service: Service, answer: Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    service.answer = answer
    with caplog.at_level(logging.WARNING, logger="identity.passwords.breaches"):
        assert breaches.look_up_breached_suffixes("5BAA6") == frozenset()
    (record,) = caplog.records
    assert "5BAA6" not in record.getMessage()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>captive portal</html>",
        b"\xff\xfe" * 50,
        f"{SUFFIX}:x".encode(),
        f"{SUFFIX}:{'9' * 5000}".encode(),
    ],
)
def test_nonsense_is_no_breach(service: Service, body: bytes) -> None:
    service.answer = Response(200, {}, body)
    assert breaches.look_up_breached_suffixes("5BAA6") == frozenset()


@pytest.mark.parametrize("password", ["password1", "PASSWORD1", "Iloveyou", "qwertyuiop"])
def test_common_passwords_are_known_without_a_call(
    password: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`password1` used to be taken by every installation without Internet."""
    settings.PWNED_PASSWORDS_ENABLED = False
    monkeypatch.setattr(breaches, "fetch", None)
    pwned = {"repetitionAndSequence": False, "pwned": True}
    assert [issue.code for issue in find_issues(password, PasswordPolicy.from_settings({"rejects": pwned}))] == [
        "password_rejected.pwned"
    ]
    assert not find_issues(password, PasswordPolicy.from_settings({"rejects": pwned | {"pwned": False}}))


def test_a_password_of_ones_own_is_not_common() -> None:
    assert not breaches.is_common("violet-Teapot_82")


def test_service_that_does_not_answer_is_left_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else everybody who chooses a password waits for its time-out, and holds a thread meanwhile."""
    seconds = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    service.answer = OutboundRequestError("timed out")
    for _ in range(5):
        assert breaches.look_up_breached_suffixes("5BAA6") == frozenset()
    assert len(service.calls) == 1
    seconds[0] += 31
    service.answer = Response(200, {}, f"{SUFFIX}:3".encode())
    assert breaches.look_up_breached_suffixes("5BAA6") == {SUFFIX}


def test_tenant_is_told_once_of_an_outage(service: Service, tenant: Tenant) -> None:
    service.answer = OutboundRequestError("timed out")
    for _ in range(5):
        breaches.look_up_breached_suffixes("5BAA6")
        breaches._pause.until = 0.0
    assert len(service.calls) == 5
    entry = AuditLog.objects.get(key="PasswordPolicy.BreachLookup.Unavailable")
    assert entry.payload["result"] == "Error"
    with enter_tenant("acme"):
        breaches.look_up_breached_suffixes("5BAA6")
        assert AuditLog.objects.filter(key="PasswordPolicy.BreachLookup.Unavailable").count() == 1
