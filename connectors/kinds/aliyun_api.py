"""Calls of Alibaba Cloud's APIs, signed with ACS3-HMAC-SHA256.

https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from common.clock import now
from connectors.failures import FailureKind
from connectors.kinds.canonical_requests import canonical_request, sha256_hex
from connectors.kinds.configs import Config, TokenField
from connectors.kinds.provider_http import Answer, call, refusal

_ALGORITHM = "ACS3-HMAC-SHA256"

#: Errors that every API of this provider has.
COMMON_KINDS: Mapping[str, FailureKind] = {
    "InvalidAccessKeyId": FailureKind.CREDENTIALS_REFUSED,
    "IncompleteSignature": FailureKind.CREDENTIALS_REFUSED,
    "SignatureDoesNotMatch": FailureKind.CREDENTIALS_REFUSED,
    "Forbidden": FailureKind.CREDENTIALS_REFUSED,
    "NoPermission": FailureKind.CREDENTIALS_REFUSED,
    "Throttling": FailureKind.RATE_LIMITED,
    "ServiceUnavailable": FailureKind.PROVIDER_UNAVAILABLE,
    "InternalError": FailureKind.PROVIDER_UNAVAILABLE,
}


class AliyunCredentials(Config):
    """An access key, best one of a RAM user that may do nothing but send."""

    accessKeyId = TokenField(max_length=128)
    accessKeySecret = TokenField()


def sign_request(
    url: str,
    *,
    method: str = "POST",
    action: str,
    version: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    payload: bytes,
    access_key_id: str,
    access_key_secret: str,
    nonce: str,
    moment: datetime,
) -> dict[str, str]:
    """Return the headers of a request with its signature. Names of headers are in lower case."""
    parts = urlsplit(url)
    acs = {
        **headers,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": sha256_hex(payload),
    }
    request, names = canonical_request(
        method=method, path=parts.path or "/", query=query, headers={**acs, "host": parts.netloc}, payload=payload
    )
    text = f"{_ALGORITHM}\n{sha256_hex(request.encode())}"
    signature = hmac.new(access_key_secret.encode(), text.encode(), "sha256").hexdigest()
    authorization = f"{_ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"
    # The host is written by whoever sends.
    return {**acs, "authorization": authorization}


def call_action(
    url: str, *, action: str, version: str, parameters: Mapping[str, str], config: Mapping[str, str]
) -> Answer:
    """Call an action with its parameters in a form; raises `DeliveryError` if there is no answer."""
    payload = urlencode(parameters, quote_via=quote).encode()
    headers = sign_request(
        url,
        action=action,
        version=version,
        query={},
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        payload=payload,
        access_key_id=config["accessKeyId"],
        access_key_secret=config["accessKeySecret"],
        nonce=secrets.token_hex(16),
        moment=now(),
    )
    return call(url, headers=headers, content=payload)


def assert_accepted(answer: Answer, *, kinds: Mapping[str, FailureKind]) -> None:
    """Raise `DeliveryError` unless a text message was taken: refusals come with a status of 200, too."""
    code = answer.find("Code")
    if not answer.is_success or code != "OK":
        otherwise = FailureKind.MESSAGE_REFUSED if answer.is_success else None
        words = answer.find("Message") or answer.text
        raise refusal(answer.status, code=code, words=words, kinds=kinds, otherwise=otherwise)
