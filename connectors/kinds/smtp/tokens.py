"""Access tokens for the mailbox that sends (RFC 6749), remembered until they end."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import jwt

from common.clock import now
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.provider_http import call, refusal
from connectors.kinds.smtp.credentials import ACCESS_URL, MAX_TOKEN

# What Google calls sending by SMTP.
_SCOPE: Final = "https://mail.google.com/"
# Seconds: for the whole of a call, of an assertion, of a token that does not say so, and what of it is not used.
_LONGEST_CALL = 10.0
_ASSERTION_LASTS = 300
_TOKEN_LASTS = 300
_MARGIN = 60
_LONGEST_KEPT = 3_600
_MOST_HELD = 1_000
_REFUSED = (400, 401, 403)

# Digest of the credentials -> until when the token is used (monotonic), and the token.
_held: dict[str, tuple[float, str]] = {}


class Token(NamedTuple):
    """An access token; one that is remembered may have been taken back meanwhile."""

    value: str
    is_remembered: bool = False


def access_token(auth: Mapping[str, Any], *, anew: bool = False) -> Token:
    """Return a token of checked credentials, a remembered one unless `anew`. At most 1 call; raises `DeliveryError`."""
    key = _digest(auth)
    held = _held.get(key)
    if held is not None and not anew and time.monotonic() < held[0]:
        return Token(held[1], is_remembered=True)
    grant = _grant_of(auth)
    if grant is None:
        return Token(auth["accessToken"])
    # A token counts from before it was asked for.
    began = time.monotonic()
    answer = call(auth.get("accessUrl", ACCESS_URL), data=grant, longest=_LONGEST_CALL)
    if not answer.is_success:
        otherwise = FailureKind.CREDENTIALS_REFUSED if answer.status in _REFUSED else None
        words = answer.find("error_description") or answer.text
        raise refusal(answer.status, code=answer.find("error"), words=words, otherwise=otherwise)
    found, lasts = answer.find("access_token"), answer.find("expires_in")
    if not isinstance(found, str) or not found.isascii() or not found.isprintable() or len(found) > MAX_TOKEN:
        raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)
    if len(_held) >= _MOST_HELD:
        _held.clear()
    seconds = max(0, min(lasts, _LONGEST_KEPT)) if isinstance(lasts, int) else _TOKEN_LASTS
    _held[key] = began + seconds - _MARGIN, found
    return Token(found)


def _digest(auth: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(auth, sort_keys=True).encode()).hexdigest()


def _grant_of(auth: Mapping[str, Any]) -> dict[str, str] | None:
    """Return what a token is asked for with, `None` if the credentials are an access token themselves."""
    client = {"client_id": auth.get("clientId"), "client_secret": auth.get("clientSecret")}
    by_client = {name: value for name, value in client.items() if value}
    scope = {"scope": auth["scope"]} if auth.get("scope") else {}
    if auth.get("refreshToken"):
        return {"grant_type": "refresh_token", "refresh_token": auth["refreshToken"], **by_client, **scope}
    if auth.get("serviceClient"):
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": _assertion(auth)}
    if auth.get("scope"):
        return {"grant_type": "client_credentials", **by_client, **scope}
    return None


def _assertion(auth: Mapping[str, Any]) -> str:
    """The service account speaks for the mailbox (RFC 7523 section 2.1)."""
    moment = int(now().timestamp())
    claims = {
        "iss": auth["serviceClient"],
        "sub": auth["user"],
        "aud": auth.get("accessUrl", ACCESS_URL),
        "scope": auth.get("scope", _SCOPE),
        "iat": moment,
        "exp": moment + _ASSERTION_LASTS,
    }
    return jwt.encode(claims, auth["privateKey"], algorithm="RS256")
