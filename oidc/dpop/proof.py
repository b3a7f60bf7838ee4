"""A DPoP proof and what makes it good (RFC 9449 sections 4.2 and 4.3). Pure but for `spend`."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from common.clock import to_seconds
from common.crypto import sha256_base64url
from common.jose.public_keys import (
    ALGORITHMS,
    CLOCK_TOLERANCE,
    InvalidJwtError,
    InvalidKeyError,
    can_be_noted,
    load_public_key,
    numeric_date,
    read_claims,
    read_header,
    thumbprint,
)
from common.oauth.errors import OAuthError
from oidc.keys.single_use import use_once
from tenants.hosts import origin_of_request

META_HEADER = "HTTP_DPOP"
PROOF_TYPE = "dpop+jwt"

# Seconds since it was made that a proof is good.
LONGEST_LIFE = 300

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]", re.ASCII)


class Proof(NamedTuple):
    """A good proof: the thumbprint of its key, and what makes it single use."""

    jkt: str
    jti: str
    expires_at: datetime


class _Candidate(NamedTuple):
    """A proof whose signature is good, and what it is compared with; `token` is empty if none is presented."""

    claims: Mapping[str, Any]
    method: str
    url: str
    moment: int
    token: str


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[0][1:], 16))
    return sign if _UNRESERVED.fullmatch(sign) else match[0].upper()


def normalized(url: str) -> str | None:
    """Return a URL in the one form to compare, without query and fragment; `None` for what is no http(s) URL.

    Scheme and host in lower case, no default port, no needless escapes (RFC 3986 sections 6.2.2 and 6.2.3).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}{_ESCAPE.sub(_unescaped, parts.path) or '/'}"


def _this_method(candidate: _Candidate) -> bool:
    """`htm` is the request's method (section 4.3 item 8)."""
    return candidate.claims.get("htm") == candidate.method


def _this_address(candidate: _Candidate) -> bool:
    """`htu` is the request's address without query and fragment (section 4.3 item 9)."""
    htu = candidate.claims.get("htu")
    return isinstance(htu, str) and normalized(htu) == normalized(candidate.url)


def _just_made(candidate: _Candidate) -> bool:
    """`iat` is within the window (section 4.3 item 11)."""
    made = numeric_date(candidate.claims, "iat")
    return made is not None and -CLOCK_TOLERANCE <= candidate.moment - made <= LONGEST_LIFE


def _nameable(candidate: _Candidate) -> bool:
    """`jti` is there, so that the proof can be recognized (section 4.3 item 3)."""
    return can_be_noted(candidate.claims.get("jti"))


def _this_token(candidate: _Candidate) -> bool:
    """`ath` is the digest of the access token that is presented with it (section 4.3 item 12)."""
    return not candidate.token or candidate.claims.get("ath") == sha256_base64url(candidate.token)


CHECKS: tuple[tuple[Callable[[_Candidate], bool], str], ...] = (
    (_this_method, "htm does not match the request"),
    (_this_address, "htu does not match the request"),
    (_just_made, "iat is not recent enough"),
    (_nameable, "jti is missing"),
    (_this_token, "ath does not match the access token"),
)


def invalid_proof(description: str) -> OAuthError:
    """The proof is missing, not good, or was used before (RFC 9449 section 5)."""
    return OAuthError("invalid_dpop_proof", description)


def _read(text: str, algorithms: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return the claims of a well-formed proof and the thumbprint of the key that it brings and is signed with."""
    header = read_header(text, algorithms=algorithms)
    if header.get("typ") != PROOF_TYPE:
        raise InvalidJwtError(f"typ must be {PROOF_TYPE}")
    key = load_public_key(header.get("jwk"), header["alg"])
    return read_claims(text, key), thumbprint(header["jwk"])


def verify_proof(
    request: HttpRequest, text: str, *, moment: datetime, token: str = "", algorithms: Sequence[str] = ALGORITHMS
) -> Proof:
    """Return the request's proof, which `spend` then uses up; raises `invalid_dpop_proof`.

    With `token`, the access token presented next to it, the proof must be about that one. `algorithms` are those in
    which its client may sign.
    """
    try:
        claims, jkt = _read(text, algorithms)
        url = f"{origin_of_request(request)}{escape_uri_path(request.path)}"
        candidate = _Candidate(claims, str(request.method), url, to_seconds(moment), token)
        for holds, fault in CHECKS:
            if not holds(candidate):
                raise invalid_proof(f"DPoP proof {fault}")
    except (InvalidJwtError, InvalidKeyError) as error:
        raise invalid_proof(f"invalid DPoP proof: {error}") from error
    made_at = datetime.fromtimestamp(claims["iat"], UTC)
    return Proof(jkt, claims["jti"], made_at + timedelta(seconds=LONGEST_LIFE + 1))


def spend(proof: Proof) -> None:
    """Use a proof up; raises `invalid_dpop_proof` where it was used before (section 11.1). One statement."""
    if not use_once("dpop", owner=proof.jkt, jti=proof.jti, expires_at=proof.expires_at):
        raise invalid_proof("DPoP proof was used before")
