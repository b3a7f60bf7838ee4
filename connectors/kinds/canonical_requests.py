"""The canonical form of an HTTP request, over which several cloud providers have it signed.

Amazon's Signature Version 4, Alibaba Cloud's ACS3-HMAC-SHA256 and Tencent Cloud's TC3-HMAC-SHA256 share it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def sha256_hex(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def hmac_sha256(key: bytes, text: str) -> bytes:
    """Return the HMAC-SHA256 of a text."""
    return hmac.digest(key, text.encode(), "sha256")


def canonical_request(
    *, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], payload: bytes
) -> tuple[str, str]:
    """Return a request in its canonical form, and the names of the headers in it. Names are in lower case already."""
    names = sorted(headers)
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items())
    lines = [
        method,
        path,
        "&".join(f"{name}={value}" for name, value in pairs),
        *(f"{name}:{headers[name].strip()}" for name in names),
        "",
        ";".join(names),
        sha256_hex(payload),
    ]
    return "\n".join(lines), ";".join(names)
