"""AWS Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. It is a chain of five HMACs;
Amazon's library for it would be thirty megabytes of descriptions of services that are not used.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from connectors.kinds.canonical_requests import canonical_request, hmac_sha256, sha256_hex

_ALGORITHM = "AWS4-HMAC-SHA256"


def sign_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    payload: bytes,
    access_key_id: str,
    access_key_secret: str,
    region: str,
    service: str,
    moment: datetime,
) -> dict[str, str]:
    """Return the headers of a request with its date and signature. Names of headers are in lower case."""
    parts = urlsplit(url)
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "host": parts.netloc, "x-amz-date": stamp}
    request, names = canonical_request(
        method=method, path=parts.path or "/", query=dict(parse_qsl(parts.query)), headers=signed, payload=payload
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    key = f"AWS4{access_key_secret}".encode()
    for part in scope.split("/"):
        key = hmac_sha256(key, part)
    signature = hmac_sha256(key, "\n".join((_ALGORITHM, stamp, scope, sha256_hex(request.encode())))).hex()
    authorization = f"{_ALGORITHM} Credential={access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    # The host is written by whoever sends.
    return {**headers, "x-amz-date": stamp, "authorization": authorization}
