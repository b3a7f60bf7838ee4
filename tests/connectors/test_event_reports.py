"""Reports of providers: taken from the provider alone, once, and without a trace of the address.

An identity system whose webhook took bounces from anybody let anybody mark anybody's address.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from common.actors import SYSTEM
from common.logs import JsonFormatter
from connectors.kinds.amazon_ses import notifications
from connectors.models import Connector, DeliveryProblem
from connectors.services.connectors import create_connector
from connectors.services.delivery_problems import clear_problem
from connectors.services.provider_reports import callback_address, events_path
from events.models import AuditLog
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.connectors.event_reports import (
    BOB,
    NUMBER,
    SENDGRID_KEY,
    SOURCES,
    TOPIC,
    Sent,
    a_report,
    amazon_certificate,
    notification,
    set_up,
    smtp2go_form,
)
from tests.connectors.provider import Provider, lead_here, run_provider

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
REPORTS = [
    pytest.param(factory_id, event, verdict, id=f"{factory_id}-{number}")
    for factory_id, source in SOURCES.items()
    for number, (event, verdict) in enumerate(source.reports)
]


@pytest.fixture(autouse=True)
def moment() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def amazon_server(monkeypatch: pytest.MonkeyPatch, tenant: Tenant) -> Iterator[Provider]:
    """Where certificates and confirmations of Amazon's are fetched."""
    notifications._certificate.cache_clear()
    with run_provider() as provider:
        lead_here(provider, monkeypatch, "connectors.kinds.amazon_ses.notifications", "connectors.tasks")
        provider.answer(200, amazon_certificate(START))
        yield provider
    notifications._certificate.cache_clear()


@pytest.fixture(autouse=True)
def counters() -> Iterator[None]:
    rate_limits.forget()
    yield
    rate_limits.forget()


def problem() -> tuple[str, str] | None:
    row = DeliveryProblem.objects.filter(cleared_at__isnull=True).first()
    return (row.kind, row.reason) if row else None


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "connector.event_not_verified")


@pytest.mark.parametrize(("factory_id", "event", "verdict"), REPORTS)
def test_what_a_report_says(
    factory_id: str, event: dict[str, Any], verdict: tuple[str, str] | None, client: Client
) -> None:
    connector = set_up(factory_id)
    assert SOURCES[factory_id].sign(connector, event, START).post(client, connector).status_code == 204
    assert problem() == verdict


def test_a_report_as_a_form(client: Client) -> None:
    connector = set_up("smtp2go-email-service")
    sent = smtp2go_form(connector, {"event": "bounce", "bounce": "hard"}, START)
    assert sent.post(client, connector).status_code == 204
    assert problem() == ("hard_bounce", "not_found")


def forgeries(factory_id: str, real: Sent) -> Iterator[Sent]:
    """Requests like a real one that prove nothing."""
    tampered = real.body.replace(b"bob", b"eve").replace(b"4915112345678", b"4915100000000")
    has_password = "Authorization" in real.headers
    for word in ("bm9uZQ==", "\xe9\x80", ""):
        yield Sent(tampered, dict.fromkeys(real.headers, word), real.content_type)
    for body in (b"", b"{}", b"[]", b"\xff\xfe[[["):
        yield Sent(body, {} if has_password else real.headers, real.content_type)
    if not has_password:
        yield Sent(tampered, real.headers, real.content_type)


def test_a_moment_without_an_offset(client: Client) -> None:
    """It is of no zone of its own, and could not be compared."""
    connector = set_up("postmark-mail")
    event = {"RecordType": "Bounce", "Type": "HardBounce", "BouncedAt": "2026-03-01T11:00:00"}
    SOURCES["postmark-mail"].sign(connector, event, START).post(client, connector)
    assert DeliveryProblem.objects.get().occurred_at == START - timedelta(hours=1)


FILE = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\na\r\n--x--'


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data; boundary=x", FILE, 204),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2_000)), 403),
        ("application/x-www-form-urlencoded", b"\xff=1", 403),
        ("application/json", b"[" * 100_000, 403),
        ("application/json", b"[]", 204),
    ],
)
def test_odd_bodies(content_type: str, body: bytes, status: int, client: Client) -> None:
    """They end like others: what the provider sent says nothing, or cannot be read."""
    connector = set_up("smtp2go-email-service")
    real = a_report("smtp2go-email-service", connector, START)
    assert Sent(body, real.headers, content_type).post(client, connector).status_code == status
    assert not DeliveryProblem.objects.exists()


@pytest.mark.parametrize("factory_id", SOURCES)
def test_a_forged_report(factory_id: str, client: Client) -> None:
    connector = set_up(factory_id)
    real = a_report(factory_id, connector, START)
    if factory_id == "mailgun-email":
        # Mailgun signs a token, not the event: another event with it is a replay, see below.
        real.body = real.body.replace(b'"token": "', b'"token": "0')
    for forgery in forgeries(factory_id, real):
        assert refused(forgery.post(client, connector))
    assert not DeliveryProblem.objects.exists()


def test_a_token_of_mailguns_counts_once(client: Client, moment: time_machine.Traveller) -> None:
    """Whoever has one signed request could report any address with its signature."""
    connector = set_up("mailgun-email")
    real = a_report("mailgun-email", connector, START)
    assert real.post(client, connector).status_code == 204
    another = Sent(real.body.replace(b"bob", b"eve"))
    assert another.post(client, connector).status_code == 204
    assert DeliveryProblem.objects.count() == 1
    moment.shift(timedelta(days=2))
    assert refused(another.post(client, connector))


@pytest.mark.parametrize("factory_id", ["postmark-mail", "smtp2go-email-service"])
@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !", "Bearer abc", "Basic " + base64.b64encode(b"events:").decode(), "Basic " + "A" * 9_000],
)
def test_a_password_that_is_none(factory_id: str, authorization: str, client: Client) -> None:
    connector = set_up(factory_id)
    real = a_report(factory_id, connector, START)
    assert refused(Sent(real.body, {"Authorization": authorization}).post(client, connector))


@pytest.mark.parametrize("factory_id", SOURCES)
def test_a_report_that_is_replayed_after_the_problem_was_cleared(
    factory_id: str, client: Client, moment: time_machine.Traveller
) -> None:
    connector = set_up(factory_id)
    real = a_report(factory_id, connector, START)
    real.post(client, connector)
    real.post(client, connector)
    assert AuditLog.objects.filter(key__in=["Message.Bounced", "Message.Complained"]).count() == 1
    channel, address = ("email", BOB) if b"4915112345678" not in real.body else ("phone", NUMBER.lstrip("+"))
    moment.shift(timedelta(hours=1))
    assert clear_problem(channel, address)  # type: ignore[arg-type]
    moment.shift(timedelta(hours=1))
    assert real.post(client, connector).status_code == 204
    assert problem() is None


@pytest.mark.parametrize("factory_id", [name for name in SOURCES if name != "twilio-short-message-service"])
def test_a_report_of_long_ago(factory_id: str, client: Client) -> None:
    """What was cleared before that is no longer known."""
    connector = set_up(factory_id)
    assert a_report(factory_id, connector, START - timedelta(days=8)).post(client, connector).status_code == 204
    assert not DeliveryProblem.objects.exists()


def test_a_new_bounce_after_the_problem_was_cleared(client: Client, moment: time_machine.Traveller) -> None:
    connector = set_up("mailgun-email")
    a_report("mailgun-email", connector, START).post(client, connector)
    clear_problem("email", BOB)
    moment.shift(timedelta(days=1))
    event = {"event": "complained", "id": "another"}
    SOURCES["mailgun-email"].sign(connector, event, START + timedelta(days=1)).post(client, connector)
    assert problem() == ("complaint", "spam")


def test_an_older_report_does_not_replace_a_newer_one(client: Client) -> None:
    connector = set_up("mailgun-email")
    sign = SOURCES["mailgun-email"].sign
    sign(connector, {"event": "complained", "id": "1"}, START).post(client, connector)
    bounce = {"event": "failed", "severity": "permanent", "reason": "bounce", "id": "2"}
    sign(connector, bounce, START - timedelta(hours=1)).post(client, connector)
    assert problem() == ("complaint", "spam")


def test_a_providers_clock_may_be_ahead(client: Client) -> None:
    connector = set_up("mailgun-email")
    a_report("mailgun-email", connector, START + timedelta(days=400)).post(client, connector)
    assert DeliveryProblem.objects.get().occurred_at == START


@pytest.mark.parametrize("factory_id", SOURCES)
def test_an_oversized_report(factory_id: str, client: Client) -> None:
    connector = set_up(factory_id)
    real = a_report(factory_id, connector, START)
    answer = Sent(real.body + b" " * 1_048_576, real.headers, real.content_type).post(client, connector)
    assert answer.status_code == 413
    assert not DeliveryProblem.objects.exists()


@pytest.mark.parametrize("factory_id", SOURCES)
def test_another_tenants_report(factory_id: str, client: Client, tenants: dict[str, Tenant]) -> None:
    """A connector is known in its own tenant, and another tenant's signature is not one of this one."""
    connector = set_up(factory_id)
    with enter_tenant("acme"):
        theirs = set_up(factory_id)
        real = a_report(factory_id, theirs, START)
    answer = real.post(client, theirs)
    assert (answer.status_code, answer.json()["code"]) == (404, "connector.not_found")
    if "Authorization" in real.headers or "X-Twilio-Signature" in real.headers:
        assert refused(real.post(client, connector))
    with enter_tenant("acme"):
        assert not DeliveryProblem.objects.exists()


@pytest.mark.parametrize("factory_id", [name for name, source in SOURCES.items() if source.config])
def test_nothing_is_taken_before_it_can_be_verified(factory_id: str, client: Client) -> None:
    connector = set_up(factory_id, **dict.fromkeys(SOURCES[factory_id].config))
    assert refused(a_report(factory_id, connector, START).post(client, connector))


def test_a_connector_whose_provider_reports_nothing(client: Client) -> None:
    config = {"host": "mail.example", "port": 25, "fromEmail": "no-reply@example.com"}
    connector = create_connector(factory_id="simple-mail-transfer-protocol", config=config, actor=SYSTEM)
    answer = client.post(events_path(connector.id), b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "connector.not_found")
    assert callback_address(connector) == ""


def test_other_methods(client: Client) -> None:
    connector = set_up("postmark-mail")
    assert client.get(events_path(connector.id)).status_code == 405


def test_a_network_that_proves_nothing_again_and_again(client: Client) -> None:
    connector = set_up("postmark-mail")
    real = a_report("postmark-mail", connector, START)
    for _ in range(60):
        assert refused(Sent(real.body).post(client, connector, REMOTE_ADDR="203.0.113.7"))
    answer = real.post(client, connector, REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert real.post(client, connector, REMOTE_ADDR="198.51.100.7").status_code == 204


@pytest.mark.parametrize("factory_id", SOURCES)
def test_the_address_is_neither_kept_nor_logged(
    factory_id: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    connector = set_up(factory_id)
    with caplog.at_level("DEBUG"):
        a_report(factory_id, connector, START).post(client, connector)
    logged = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    entries = str(list(AuditLog.objects.values()))
    kept = str(list(DeliveryProblem.objects.values()))
    assert DeliveryProblem.objects.exists()
    for said in (logged, entries, kept):
        assert BOB not in said
        assert NUMBER.lstrip("+") not in said


def test_many_events_in_one_report(client: Client) -> None:
    connector = set_up("sendgrid-email-service")
    rows = [
        {"email": f"user{number}@example.com", "event": "spamreport", "timestamp": int(START.timestamp())}
        for number in range(20)
    ]
    rows += [
        {"email": address, "event": "spamreport", "timestamp": 1} for address in ("", "no address", "a@b\0.example")
    ]
    body = json.dumps(rows).encode()
    signature = base64.b64encode(SENDGRID_KEY.sign(b"1" + body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": "1",
    }
    assert Sent(body, headers).post(client, connector).status_code == 204
    assert DeliveryProblem.objects.count() == 20


class TestAmazon:
    """Notifications of Amazon SNS: anybody has a topic, and a signature of Amazon's for it."""

    BOUNCE = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "timestamp": START.isoformat(),
            "bouncedRecipients": [{"emailAddress": BOB}],
        },
    }

    @pytest.fixture
    def connector(self) -> Connector:
        return set_up("aws-ses-mail")

    def test_both_versions_of_the_signature(self, connector: Connector, client: Client) -> None:
        for version in ("1", "2"):
            assert notification(self.BOUNCE, version=version).post(client, connector).status_code == 204
        assert problem() == ("hard_bounce", "other")

    def test_a_subject_is_signed(self, connector: Connector, client: Client) -> None:
        sent = notification(self.BOUNCE, Subject="Amazon SES")
        assert sent.post(client, connector).status_code == 204
        without = {name: value for name, value in json.loads(sent.body).items() if name != "Subject"}
        assert refused(Sent(json.dumps(without).encode()).post(client, connector))

    def test_another_topic(self, connector: Connector, client: Client, amazon_server: Provider) -> None:
        sent = notification(self.BOUNCE, TopicArn=TOPIC.replace("123456789012", "999999999999"))
        assert refused(sent.post(client, connector))
        assert amazon_server.requests == []

    @pytest.mark.parametrize(
        "url",
        [
            "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
            "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
            "https://evil.example/SimpleNotificationService-0.pem",
            "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
            "https://evil.example#sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
            "https://s3.eu-central-1.amazonaws.com/evil/SimpleNotificationService-0.pem",
            "https://sns.eu-central-1.amazonaws.com/evil.pem",
            "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
            "https://[",
            "",
        ],
    )
    def test_a_certificate_of_somebody_else(
        self, connector: Connector, client: Client, amazon_server: Provider, url: str
    ) -> None:
        assert refused(notification(self.BOUNCE, SigningCertURL=url).post(client, connector))
        assert amazon_server.requests == []

    def test_a_certificate_that_has_expired(
        self, connector: Connector, client: Client, amazon_server: Provider
    ) -> None:
        amazon_server.answers[:] = []
        amazon_server.answer(200, amazon_certificate(START - timedelta(days=30)))
        assert refused(notification(self.BOUNCE).post(client, connector))

    @pytest.mark.parametrize("answer", [(404, b""), (200, b"none"), (200, b"a" * 30_000), (302, b"")])
    def test_no_certificate(
        self, connector: Connector, client: Client, amazon_server: Provider, answer: tuple[int, bytes]
    ) -> None:
        amazon_server.answers[:] = []
        amazon_server.answer(*answer)
        assert refused(notification(self.BOUNCE).post(client, connector))

    def test_the_certificate_is_fetched_once(
        self, connector: Connector, client: Client, amazon_server: Provider
    ) -> None:
        for _ in range(3):
            notification(self.BOUNCE).post(client, connector)
        assert len(amazon_server.requests) == 1

    def test_the_subscription_is_confirmed(self, connector: Connector, client: Client, amazon_server: Provider) -> None:
        url = f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
        sent = notification("You have chosen", Type="SubscriptionConfirmation", Token="2336412f37", SubscribeURL=url)
        assert sent.post(client, connector).status_code == 204
        assert [request.url for request in amazon_server.requests][-1] == url

    def test_no_confirmation_leads_elsewhere(
        self, connector: Connector, client: Client, amazon_server: Provider
    ) -> None:
        url = "https://evil.example/?Action=ConfirmSubscription"
        sent = notification("You have chosen", Type="SubscriptionConfirmation", Token="2336412f37", SubscribeURL=url)
        assert refused(sent.post(client, connector))
        assert url not in [request.url for request in amazon_server.requests]

    @pytest.mark.parametrize(
        "message",
        [
            "Successfully validated SNS topic for Amazon SES event publishing.",
            "[]",
            "null",
            {"notificationType": "Bounce"},
            {"notificationType": "Bounce", "bounce": {"bounceType": "Permanent"}},
            {"notificationType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [1, None, {}]}},
            {"notificationType": "Complaint", "complaint": []},
            {"eventType": 7},
        ],
    )
    def test_a_message_that_says_nothing(self, connector: Connector, client: Client, message: Any) -> None:
        assert notification(message).post(client, connector).status_code == 204
        assert not DeliveryProblem.objects.exists()


def test_the_address_at_which_a_provider_reports(tenant: Tenant) -> None:
    signed = set_up("mailgun-email")
    assert callback_address(signed) == f"http://localhost:8000/api/connectors/{signed.id}/events"
    by_password = set_up("postmark-mail")
    start, _, end = callback_address(by_password).partition("@")
    assert start.startswith("http://events:")
    assert len(start) == len("http://events:") + 32
    assert end == f"localhost:8000/api/connectors/{by_password.id}/events"
