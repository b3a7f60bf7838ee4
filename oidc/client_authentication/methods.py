"""Client authentication at the machine endpoints: HTTP Basic, secret in the body, signed assertion, or none.

RFC 6749 section 2.3, RFC 7521 section 4.2.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from applications.client_lookup import get_client
from applications.clients import Client, ClientSecret
from common.crypto import equal, sha256_hex
from common.jose.public_keys import unverified_claim
from common.oauth.bodies import Form, is_storable
from common.oauth.errors import OAuthError, client_authentication_failed, invalid_request
from oidc.client_authentication.assertions import ASSERTION_TYPE, find_assertion_fault

_FOREVER = datetime.max.replace(tzinfo=UTC)


class ClientCredentials(NamedTuple):
    """How a client names itself. `secret` and `assertion` are empty if it offers none."""

    client_id: str
    secret: str
    by_header: bool
    in_body: bool
    assertion: str = ""


class Authenticated(NamedTuple):
    """A client that proved who it is, and the name of the secret it used."""

    client: Client
    secret_name: str | None


def _form_decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode()


def _read_basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError("another scheme")
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        if not colon:
            raise ValueError("no colon")
        client_id, secret = _form_decoded(name), _form_decoded(secret)
        if "\x00" in client_id:
            raise ValueError("NUL in the client id")
        return client_id, secret
    except (binascii.Error, ValueError) as error:
        raise invalid_request("invalid authorization header value format") from error


def read_presented(form: Form, authorization: str | None) -> ClientCredentials:
    """Return how the client names itself; raises `invalid_request` where it does not, or does it in two ways."""
    body_id, body_secret = form.get("client_id"), form.get("client_secret")
    if "client_assertion" in form.values or "client_assertion_type" in form.values:
        return _read_assertion(form, is_only_one=authorization is None and not body_secret)
    if authorization is None:
        if not body_id:
            raise invalid_request("no client authentication mechanism provided")
        return ClientCredentials(body_id, body_secret, by_header=False, in_body=True)
    client_id, secret = _read_basic(authorization)
    if body_id and body_id != client_id:
        raise invalid_request("client_id mismatch")
    if body_secret:
        raise invalid_request("client authentication must only be provided using one mechanism")
    return ClientCredentials(client_id, secret, by_header=True, in_body=bool(body_id))


def _read_assertion(form: Form, *, is_only_one: bool) -> ClientCredentials:
    if not is_only_one:
        raise invalid_request("client authentication must only be provided using one mechanism")
    assertion = form.require("client_assertion")
    if form.require("client_assertion_type") != ASSERTION_TYPE:
        raise invalid_request("client_assertion_type is not supported")
    # Where the client does not name itself next to it, its assertion does (RFC 7521 section 4.2).
    client_id = form.get("client_id") or unverified_claim(assertion, "sub")
    if not isinstance(client_id, str) or not is_storable(client_id):
        raise invalid_request("no client authentication mechanism provided")
    return ClientCredentials(client_id, "", by_header=False, in_body=True, assertion=assertion)


def _find_secret(client: Client, value: str) -> ClientSecret | None:
    """Return the matching secret, a living one before an expired one; every secret is compared, always."""
    digest = sha256_hex(value)
    matching = [secret for secret in client.secrets if equal(secret.sha256, digest)]
    return max(matching, key=lambda secret: secret.expires_at or _FOREVER, default=None)


def authenticate(presented: ClientCredentials, *, issuer: str, moment: datetime) -> Authenticated:
    """Return the client that proved who it is.

    A public client proves nothing; one that sends its id in the body may also send a Basic header, as general HTTP
    libraries do. Raises `invalid_client` (400 for an unknown client, 401 for a wrong secret) and `invalid_request` for
    an expired secret. No statement when warm, but one for an assertion.
    """
    client = get_client(presented.client_id)
    if presented.assertion or client.security.uses_private_key_jwt:
        return _by_assertion(client, presented, issuer=issuer, moment=moment)
    if not client.is_confidential:
        if presented.secret and not (presented.by_header and presented.in_body):
            raise _failed(presented, issuer, "a public client has no secret")
        return Authenticated(client, None)
    if not presented.secret:
        raise _failed(presented, issuer, "no secret")
    secret = _find_secret(client, presented.secret)
    if secret is None:
        raise _failed(presented, issuer, "wrong secret")
    if secret.expires_at is not None and secret.expires_at <= moment:
        raise invalid_request("client secret has expired")
    return Authenticated(client, secret.name)


def _by_assertion(client: Client, presented: ClientCredentials, *, issuer: str, moment: datetime) -> Authenticated:
    """A client registered for assertions authenticates by nothing else, and no other client by them."""
    if not presented.assertion or not client.security.uses_private_key_jwt or not client.is_confidential:
        raise _failed(presented, issuer, "the client is registered for another method")
    if fault := find_assertion_fault(client, presented.assertion, issuer=issuer, moment=moment):
        raise _failed(presented, issuer, fault)
    return Authenticated(client, None)


def _failed(presented: ClientCredentials, issuer: str, reason: str) -> OAuthError:
    return client_authentication_failed(challenge=presented.by_header, issuer=issuer, reason=reason)
