"""Reports of bounces and complaints as each provider sends them: signed, with the shapes that it documents."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from common.actors import SYSTEM
from common.clock import now
from connectors.address_events import EVENTS_USER
from connectors.models import Connector
from connectors.services.connectors import create_connector
from connectors.services.provider_reports import events_password, events_path
from tests.connectors.provider_cases import ALL, SECRET

TOPIC = "arn:aws:sns:eu-central-1:123456789012:bounces"
CERTIFICATE_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
BOB = "bob@example.com"
NUMBER = "+4915112345678"
SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
AMAZON_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public_base64(key: ec.EllipticCurvePrivateKey) -> str:
    encoded = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(encoded).decode()


def amazon_certificate(moment: datetime) -> bytes:
    """The certificate of the key that signs notifications, valid around a moment."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(AMAZON_KEY.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .sign(AMAZON_KEY, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


@dataclass
class Sent:
    """One request of a provider."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def post(self, client: Any, connector: Connector, **options: Any) -> Any:
        """Send it to the connector's address."""
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        path = events_path(connector.id)
        return client.generic("POST", path, self.body, content_type=self.content_type, **headers, **options)


def _basic(connector: Connector) -> dict[str, str]:
    pair = f"{EVENTS_USER}:{events_password(connector.id)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def sendgrid(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    events = [{"email": BOB, "timestamp": int(moment.timestamp()), "sg_event_id": "abc", **event}]
    body, stamp = json.dumps(events).encode(), str(int(moment.timestamp()))
    signature = SENDGRID_KEY.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return Sent(
        body,
        {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        },
    )


def mailgun(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    stamp, token = str(int(now().timestamp())), token_hex(16)
    signature = hmac.new(SECRET.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data = {"recipient": BOB, "timestamp": moment.timestamp(), "id": "Ase7i2zsRYeDXztHGENqRA", **event}
    block = {"timestamp": stamp, "token": token, "signature": signature}
    return Sent(json.dumps({"signature": block, "event-data": data}).encode())


def postmark(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    body = {"ID": 42, "Email": BOB, "BouncedAt": moment.isoformat(), "MessageID": "883953f4", **event}
    return Sent(json.dumps(body).encode(), _basic(connector))


def smtp2go(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    body = {"rcpt": BOB, "email_id": "1er8bV-6Tw0Mi-7h", "time": moment.isoformat(), **event}
    return Sent(json.dumps(body).encode(), _basic(connector))


def smtp2go_form(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    body = {"rcpt": BOB, "email_id": "1er8bV-6Tw0Mi-7h", "time": moment.isoformat(), **event}
    return Sent(urlencode(body).encode(), _basic(connector), "application/x-www-form-urlencoded")


def notification(message: object, *, version: str = "2", **changes: Any) -> Sent:
    """A notification of Amazon SNS, signed as it stands."""
    row = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-03-01T12:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **changes,
    }
    is_notification = row["Type"] == "Notification"
    names = ["Message", "MessageId", *(["Subject"] if "Subject" in row else [])]
    names += [] if is_notification else ["SubscribeURL"]
    names += ["Timestamp", *([] if is_notification else ["Token"]), "TopicArn", "Type"]
    text = "".join(f"{name}\n{row[name]}\n" for name in names).encode()
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    row["Signature"] = base64.b64encode(AMAZON_KEY.sign(text, padding.PKCS1v15(), digest)).decode()
    return Sent(json.dumps(row).encode(), content_type="text/plain; charset=UTF-8")


def amazon(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    details = {"timestamp": moment.isoformat(), **event["details"]}
    recipients = "bouncedRecipients" if event["type"] == "Bounce" else "complainedRecipients"
    details[recipients] = [{"emailAddress": BOB}]
    return notification({"notificationType": event["type"], event["type"].lower(): details})


def twilio(connector: Connector, event: Mapping[str, Any], moment: datetime) -> Sent:
    fields = {"AccountSid": "AC0123", "To": NUMBER, "MessageSid": "SM0123", "MessageStatus": "undelivered", **event}
    url = "http://localhost:8000" + events_path(connector.id)
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    return Sent(urlencode(fields).encode(), headers, "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Source:
    """A provider that reports: how it signs, and `(event, kind, reason)`; `None` says nothing of an address."""

    sign: Any
    config: dict[str, Any]
    reports: list[tuple[dict[str, Any], tuple[str, str] | None]]


SOURCES = {
    "sendgrid-email-service": Source(
        sendgrid,
        {"webhookVerificationKey": _public_base64(SENDGRID_KEY)},
        [
            (
                {"event": "bounce", "type": "bounce", "status": "5.1.1"},
                ("hard_bounce", "not_found"),
            ),
            ({"event": "bounce", "type": "bounce", "status": "5.0.0"}, ("hard_bounce", "other")),
            ({"event": "bounce", "type": "blocked", "status": "4.7.0"}, None),
            ({"event": "dropped", "reason": "Bounced Address"}, ("hard_bounce", "suppressed")),
            ({"event": "dropped", "reason": "Spam Reporting Address"}, ("complaint", "suppressed")),
            ({"event": "dropped", "reason": "Spam Content"}, None),
            ({"event": "spamreport"}, ("complaint", "spam")),
            ({"event": "deferred"}, None),
            ({"event": "delivered"}, None),
        ],
    ),
    "mailgun-email": Source(
        mailgun,
        {"webhookSigningKey": SECRET},
        [
            ({"event": "failed", "severity": "permanent", "reason": "bounce"}, ("hard_bounce", "not_found")),
            ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, ("hard_bounce", "suppressed")),
            ({"event": "failed", "severity": "permanent", "reason": "old"}, None),
            ({"event": "failed", "severity": "temporary", "reason": "bounce"}, None),
            ({"event": "complained"}, ("complaint", "spam")),
            ({"event": "delivered"}, None),
        ],
    ),
    "postmark-mail": Source(
        postmark,
        {},
        [
            ({"RecordType": "Bounce", "Type": "HardBounce"}, ("hard_bounce", "not_found")),
            ({"RecordType": "Bounce", "Type": "SoftBounce"}, None),
            ({"RecordType": "Bounce", "Type": "Transient"}, None),
            ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, ("complaint", "spam")),
            (
                {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
                ("complaint", "opted_out"),
            ),
            ({"RecordType": "SubscriptionChange", "SuppressSending": False, "SuppressionReason": None}, None),
            ({"RecordType": "Delivery", "Recipient": BOB}, None),
        ],
    ),
    "smtp2go-email-service": Source(
        smtp2go,
        {},
        [
            ({"event": "bounce", "bounce": "hard"}, ("hard_bounce", "not_found")),
            ({"event": "bounce", "bounce": "soft"}, None),
            ({"event": "spam"}, ("complaint", "spam")),
            ({"event": "unsubscribe"}, ("complaint", "opted_out")),
            ({"event": "delivered"}, None),
        ],
    ),
    "aws-ses-mail": Source(
        amazon,
        {"snsTopicArn": TOPIC},
        [
            (
                {"type": "Bounce", "details": {"bounceType": "Permanent", "bounceSubType": "General"}},
                ("hard_bounce", "other"),
            ),
            (
                {"type": "Bounce", "details": {"bounceType": "Permanent", "bounceSubType": "NoEmail"}},
                ("hard_bounce", "not_found"),
            ),
            (
                {"type": "Bounce", "details": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}},
                ("hard_bounce", "suppressed"),
            ),
            ({"type": "Bounce", "details": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}}, None),
            ({"type": "Complaint", "details": {"complaintFeedbackType": "abuse"}}, ("complaint", "spam")),
        ],
    ),
    "twilio-short-message-service": Source(
        twilio,
        {},
        [
            ({"ErrorCode": "30005"}, ("hard_bounce", "not_found")),
            ({"ErrorCode": "30006"}, ("hard_bounce", "other")),
            ({"ErrorCode": "21610", "MessageStatus": "failed"}, ("complaint", "opted_out")),
            ({"ErrorCode": "30003"}, None),
            ({"MessageStatus": "delivered"}, None),
        ],
    ),
}


def set_up(factory_id: str, **changes: Any) -> Connector:
    """Set up the connector of a provider that reports."""
    config = ALL[factory_id].config | SOURCES[factory_id].config | changes
    return create_connector(factory_id=factory_id, config=config, actor=SYSTEM)


def a_report(factory_id: str, connector: Connector, moment: datetime | None = None) -> Sent:
    """The first report of a provider, which says something of an address."""
    source = SOURCES[factory_id]
    return source.sign(connector, source.reports[0][0], moment or datetime.now(UTC))
