"""A client proves itself by a JWT it has signed: `private_key_jwt` (RFC 7523 sections 2.2 and 3, OIDC Core 9)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from applications.client_keys import read_signed
from applications.clients import Client
from common.jose.public_keys import CLOCK_TOLERANCE, InvalidJwtError, can_be_noted, numeric_date
from oidc.keys.single_use import use_once

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

# Seconds that an assertion may live.
LONGEST_LIFE = 3600

# Endpoints below the issuer whose address is as good as the issuer itself: OIDC Core section 9, RFC 9126 section 2.
_ENDPOINTS = ("/token", "/request")


class _Assertion(NamedTuple):
    """An assertion that the client's key signed."""

    claims: Mapping[str, Any]
    client_id: str
    issuer: str
    moment: float
    is_strict: bool = False


def _of_the_client(assertion: _Assertion) -> bool:
    """`iss` and `sub` are the client (RFC 7523 section 3 items 1 and 2B)."""
    return assertion.claims.get("iss") == assertion.client_id == assertion.claims.get("sub")


def _for_this_server(assertion: _Assertion) -> bool:
    """`aud` names this server (RFC 7523 section 3 item 3); in FAPI it is the issuer alone (section 5.3.2.1 item 8)."""
    audience = assertion.claims.get("aud")
    if assertion.is_strict:
        return bool(audience == assertion.issuer)
    named = audience if isinstance(audience, list) else [audience]
    return any(own in named for own in (assertion.issuer, *(assertion.issuer + path for path in _ENDPOINTS)))


def _not_expired(assertion: _Assertion) -> bool:
    """`exp` is there, not passed, and not unreasonably far (RFC 7523 section 3 item 4)."""
    expires = numeric_date(assertion.claims, "exp")
    return expires is not None and -CLOCK_TOLERANCE < expires - assertion.moment <= LONGEST_LIFE + CLOCK_TOLERANCE


def _begun(assertion: _Assertion) -> bool:
    """`nbf` and `iat` are not in the future (RFC 7523 section 3 items 5 and 6)."""
    begins = (numeric_date(assertion.claims, name) for name in ("nbf", "iat"))
    return all(begin is None or begin <= assertion.moment + CLOCK_TOLERANCE for begin in begins)


def _nameable(assertion: _Assertion) -> bool:
    """`jti` is there, so that the assertion can be recognized (RFC 7523 section 3 item 7, OIDC Core section 9)."""
    return can_be_noted(assertion.claims.get("jti"))


CHECKS: tuple[tuple[Callable[[_Assertion], bool], str], ...] = (
    (_of_the_client, "the assertion's iss and sub are not the client"),
    (_for_this_server, "the assertion is for another audience"),
    (_not_expired, "the assertion has expired or lives too long"),
    (_begun, "the assertion is not valid yet"),
    (_nameable, "the assertion has no usable jti"),
)


def find_assertion_fault(client: Client, text: str, *, issuer: str, moment: datetime) -> str | None:
    """Return why the assertion does not prove the client, `None` if it does; it is then used up.

    One statement for a good assertion, none for others. May call the client's `jwks_uri`.
    """
    try:
        # RFC 7523 section 3 item 9.
        _, claims = read_signed(client, text)
        assertion = _Assertion(claims, client.id, issuer, moment.timestamp(), is_strict=client.security.follows_fapi)
        for holds, fault in CHECKS:
            if not holds(assertion):
                return fault
    except InvalidJwtError as error:
        return str(error)
    expires_at = datetime.fromtimestamp(assertion.claims["exp"], UTC) + timedelta(seconds=CLOCK_TOLERANCE)
    if not use_once("client_assertion", owner=client.id, jti=assertion.claims["jti"], expires_at=expires_at):
        return "the assertion was used before"
    return None
