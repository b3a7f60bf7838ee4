"""Signatures of webhooks.

Two schemes over one key, so that a receiver may use either: an HMAC of the body alone in `logto-signature-sha-256`, and
that of Standard Webhooks (https://www.standardwebhooks.com), which covers the message's id and time too. While an old
key is still good, each header has its counterpart for it.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE = "logto-signature-sha-256"
PREVIOUS_SIGNATURE = "logto-signature-sha-256-previous"


def sign_body(key: str, body: bytes) -> str:
    """Return the lower-case hex HMAC-SHA-256 of a body."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def signature_headers(keys: Sequence[str], body: bytes, *, message_id: str, timestamp: int) -> dict[str, str]:
    """Return the headers of a message, signed with each key, the newest first; `timestamp` is in seconds."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = [hmac.new(key.encode(), signed, hashlib.sha256).digest() for key in keys]
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }
    named = dict(zip((SIGNATURE, PREVIOUS_SIGNATURE), keys, strict=False))
    return headers | {name: sign_body(key, body) for name, key in named.items()}
