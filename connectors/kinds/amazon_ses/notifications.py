"""Notifications of Amazon SNS: their signature and their confirmation.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from common.clock import now
from common.http import OutboundRequestError, fetch
from connectors.address_events import EventRefusedError

# The only hosts that certificates and confirmations are fetched from.
_HOST = re.compile(r"sns\.[a-z0-9-]{3,32}\.amazonaws\.com(?:\.cn)?")
_CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")
_MAX_CERTIFICATE_BYTES = 20_000
# Seconds; a web thread waits for it, once for each certificate.
_TIMEOUT, _LONGEST = 3.0, 5.0

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_DIGESTS: Mapping[str, SHA1 | SHA256] = {"1": SHA1(), "2": SHA256()}  # noqa: S303 - what topics have unless told otherwise


def verify_notification(notification: Any) -> None:
    """Refuse a notification that Amazon has not signed; raises `EventRefusedError`."""
    if not isinstance(notification, dict):
        raise EventRefusedError("form")
    names = _SIGNED.get(str(notification.get("Type")))
    digest = _DIGESTS.get(str(notification.get("SignatureVersion")))
    if names is None or digest is None:
        raise EventRefusedError("type")
    # `Subject` is signed if it is there.
    present = [name for name in names if name != "Subject" or notification.get(name) is not None]
    if not all(isinstance(notification.get(name), str) for name in present):
        raise EventRefusedError("form")
    text = "".join(f"{name}\n{notification[name]}\n" for name in present)
    try:
        signature = base64.b64decode(str(notification.get("Signature")), validate=True)
        _public_key(str(notification.get("SigningCertURL"))).verify(
            signature, text.encode("utf-8", "surrogatepass"), PKCS1v15(), digest
        )
    except (binascii.Error, InvalidSignature, ValueError) as error:
        raise EventRefusedError("signature") from error


def confirmation_url(notification: Mapping[str, Any]) -> str:
    """Return the address that confirms the topic's subscription, which is one of Amazon's."""
    url = str(notification["SubscribeURL"])
    if not _is_amazons(url):
        raise EventRefusedError("address")
    return url


def _is_amazons(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc))
    except ValueError:
        return False


def _public_key(url: str) -> RSAPublicKey:
    if not _is_amazons(url) or not _CERTIFICATE_PATH.fullmatch(urlsplit(url).path):
        raise EventRefusedError("certificate's address")
    certificate = _certificate(url)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise EventRefusedError("key")
    if not certificate.not_valid_before_utc <= now() <= certificate.not_valid_after_utc:
        raise EventRefusedError("certificate's time")
    return key


@lru_cache(maxsize=16)
def _certificate(url: str) -> Certificate:
    try:
        answer = fetch("GET", url, timeout=_TIMEOUT, longest=_LONGEST, max_bytes=_MAX_CERTIFICATE_BYTES)
    except OutboundRequestError as error:
        raise EventRefusedError("certificate") from error
    if answer.status != 200:
        raise EventRefusedError("certificate")
    return load_pem_x509_certificate(answer.body)
