"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0.

https://www.tencentcloud.com/document/product/382/41917
"""

from datetime import datetime
from urllib.parse import urlsplit

from connectors.kinds.canonical_requests import canonical_request, hmac_sha256, sha256_hex

_ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"


def sign_request(
    url: str, *, payload: bytes, service: str, secret_id: str, secret_key: str, moment: datetime
) -> dict[str, str]:
    """Return the headers that a request needs for its signature."""
    host = urlsplit(url).netloc
    request, names = canonical_request(
        method="POST", path="/", query={}, headers={"content-type": CONTENT_TYPE, "host": host}, payload=payload
    )
    stamp = str(int(moment.timestamp()))
    scope = f"{moment:%Y-%m-%d}/{service}/tc3_request"
    key = f"TC3{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac_sha256(key, part)
    signature = hmac_sha256(key, "\n".join((_ALGORITHM, stamp, scope, sha256_hex(request.encode())))).hex()
    return {
        "Authorization": f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}",
        "Content-Type": CONTENT_TYPE,
        "X-TC-Timestamp": stamp,
    }
