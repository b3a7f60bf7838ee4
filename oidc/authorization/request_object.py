"""Requests that their client has signed: a JWT holds the parameters (RFC 9101; FAPI 2.0 Message Signing section 5.3).

A client that has registered keys may sign; its parameters then count as they stand in the object, and no others do.
What cannot be trusted is shown to the user: where an answer may be sent is itself in the object.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from applications.client_keys import read_signed
from common.clock import now
from common.jose.public_keys import CLOCK_TOLERANCE, InvalidJwtError, can_be_noted, numeric_date
from common.oauth.errors import OAuthError, invalid_request
from oidc.authorization.parameters import read_object
from oidc.authorization.request import Authorization
from oidc.keys.single_use import use_once
from tenants.hosts import issuer_of

# Seconds.
LONGEST_LIFE = 3600

# RFC 9101 section 10.8: other kinds of JWT name theirs. The general type and none at all are older clients'.
_TYPES = frozenset({"oauth-authz-req+jwt", "jwt", ""})


class _Signed(NamedTuple):
    """An object that the client's key signed."""

    claims: Mapping[str, Any]
    client_id: str
    issuer: str
    moment: float


def _of_the_client(signed: _Signed) -> bool:
    """`client_id` is the request's, and so is `iss` if it is there (RFC 9101 sections 4, 5 and 6.3)."""
    return bool(signed.claims.get("client_id") == signed.client_id == signed.claims.get("iss", signed.client_id))


def _no_client_assertion(signed: _Signed) -> bool:
    """`sub` is not the client: the JWT could be presented to authenticate it (RFC 9101 section 10.8)."""
    return signed.claims.get("sub") != signed.client_id


def _for_this_server(signed: _Signed) -> bool:
    """`aud` is the issuer, or names it among others (RFC 9101 section 4, FAPI 2.0 Message Signing section 5.3.1)."""
    audience = signed.claims.get("aud")
    return signed.issuer in (audience if isinstance(audience, list) else [audience])


def _in_time(signed: _Signed) -> bool:
    """`nbf` and `exp` enclose this moment and at most an hour (FAPI 2.0 Message Signing section 5.3.1)."""
    begins, expires = numeric_date(signed.claims, "nbf"), numeric_date(signed.claims, "exp")
    if begins is None or expires is None or expires - begins > LONGEST_LIFE:
        return False
    return begins <= signed.moment + CLOCK_TOLERANCE and signed.moment < expires + CLOCK_TOLERANCE


def _not_from_the_future(signed: _Signed) -> bool:
    """`iat` is not in the future (RFC 7519 section 4.1.6)."""
    issued = numeric_date(signed.claims, "iat")
    return issued is None or issued <= signed.moment + CLOCK_TOLERANCE


def _without_reference(signed: _Signed) -> bool:
    """Neither `request` nor `request_uri` is inside (RFC 9101 section 4)."""
    return signed.claims.keys().isdisjoint({"request", "request_uri"})


def _nameable(signed: _Signed) -> bool:
    """`jti` is a short text if it is there (RFC 7519 section 4.1.7)."""
    return "jti" not in signed.claims or can_be_noted(signed.claims["jti"])


CHECKS: tuple[tuple[Callable[[_Signed], bool], str], ...] = (
    (_of_the_client, "client_id and iss of the request object must be the client"),
    (_no_client_assertion, "sub of the request object must not be the client"),
    (_for_this_server, "aud of the request object must be the issuer"),
    (_in_time, "nbf and exp of the request object must enclose the present and at most an hour"),
    (_not_from_the_future, "iat of the request object must not be in the future"),
    (_without_reference, "the request object must not hold request or request_uri"),
    (_nameable, "jti of the request object must be a short text"),
)


def one_request(authorization: Authorization) -> None:
    """An object and a reference do not come together (RFC 9101 section 5)."""
    if authorization.parameters.get("request") and authorization.parameters.get("request_uri"):
        raise invalid_request("request and request_uri parameters must not be used together")


def signed_request(authorization: Authorization) -> None:
    """The parameters are those of the object, whatever comes with it (RFC 9101 sections 5 and 6.3).

    A client without keys cannot sign; that is refused further on. An object with a `jti` is good once.
    """
    text, client = authorization.parameters.get("request"), authorization.client
    if not text or not client.security.has_keys:
        return
    moment, issuer = now(), issuer_of(authorization.origin)
    try:
        header, claims = read_signed(client, text)
        signed = _Signed(claims, client.id, issuer, moment.timestamp())
        _assert_fit(header, signed)
    except InvalidJwtError as error:
        raise OAuthError("invalid_request_object", str(error)) from error
    if "jti" in claims:
        _consume(signed)
    authorization.parameters = read_object(claims)
    authorization.is_signed = True


def signed_where_required(authorization: Authorization) -> None:
    """A client that registered to sign all its requests has no other ones (RFC 9101 section 10.5).

    What was pushed had to be signed when it was.
    """
    is_bound = authorization.is_signed or authorization.is_pushed
    if authorization.client.security.requires_signed_requests and not is_bound:
        raise invalid_request("a signed request object must be used")


def _assert_fit(header: Mapping[str, Any], signed: _Signed) -> None:
    if str(header.get("typ", "")).lower().removeprefix("application/") not in _TYPES:
        raise InvalidJwtError("the JWT is not a request object")
    for holds, fault in CHECKS:
        if not holds(signed):
            raise InvalidJwtError(fault)


def _consume(signed: _Signed) -> None:
    expires_at = datetime.fromtimestamp(signed.claims["exp"], UTC) + timedelta(seconds=CLOCK_TOLERANCE)
    if not use_once("request_object", owner=signed.client_id, jti=signed.claims["jti"], expires_at=expires_at):
        raise OAuthError("invalid_request_object", "the request object was used before")
