"""Verifying a Response: the service provider's side (SAML profiles 4.1.4.3).

The order is the documentation: decode, signature of the response, status, the one assertion, its decryption, its
signature, and only then what it says. After a signature is verified only what it covers is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.saml.assertions import Expected, check_confirmation, check_lifetime, read_attributes, read_name_id
from common.saml.encryption import decrypt, undecryptable
from common.saml.errors import SamlError
from common.saml.names import STATUS_SUCCESS, qname
from common.saml.signatures import is_signed, verify_signed
from common.saml.xml import MAX_MESSAGE_BYTES, Element, child, child_text, children, decode_base64, parse, parse_moment

CLOCK_SKEW: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class Assertion:
    """What an identity provider vouches for. Take an `id` only once until `expires_at`: replay is the caller's."""

    id: str
    issuer: str
    name_id: str | None
    name_id_format: str | None
    attributes: Mapping[str, tuple[str, ...]]
    session_index: str | None
    authenticated_at: datetime | None
    authn_context: str | None
    expires_at: datetime
    in_response_to: str | None


def verify_response(
    encoded: str,
    *,
    certificates: Sequence[str],
    idp_entity_id: str,
    audience: str,
    recipient: str,
    in_response_to: str | None,
    moment: datetime,
    decryption_keys: Sequence[str] = (),
    allowed_clock_skew: timedelta = CLOCK_SKEW,
) -> Assertion:
    """Return the assertion of a posted `SAMLResponse`.

    `certificates` are the issuer's, PEM or base64; `recipient` is our assertion consumer service; `in_response_to` is
    the id of our request, `None` for a sign-in that the identity provider started, which must not name a request.
    Raises `SamlError` with the first thing that is wrong; `status` carries the provider's status in its detail.
    """
    response = parse(decode_base64(encoded, max_bytes=MAX_MESSAGE_BYTES))
    if response.tag != qname("samlp:Response") or response.get("Version") != "2.0":
        raise SamlError("malformed", "not a Response of SAML 2.0")
    response_signed = is_signed(response)
    if response_signed:
        response = verify_signed(response, certificates=certificates)
    _check_envelope(response, idp_entity_id=idp_entity_id, recipient=recipient, in_response_to=in_response_to)
    _check_status(response)
    assertion = _only_assertion(
        response, response_signed=response_signed, certificates=certificates, decryption_keys=decryption_keys
    )
    expected = Expected(
        idp_entity_id=idp_entity_id,
        audience=audience,
        recipient=recipient,
        in_response_to=in_response_to,
        moment=moment,
        skew=allowed_clock_skew,
    )
    return _read(assertion, expected)


def _check_envelope(response: Element, *, idp_entity_id: str, recipient: str, in_response_to: str | None) -> None:
    issuer = child_text(response, "saml:Issuer")
    if issuer is not None and issuer != idp_entity_id:
        raise SamlError("issuer", f"the response is of {issuer[:200]}")
    destination = response.get("Destination")
    if destination is not None and destination != recipient:
        raise SamlError("recipient", f"the response is for {destination[:200]}")
    # An empty attribute names no request; several libraries write it for a sign-in that was not asked for.
    if (response.get("InResponseTo") or None) != in_response_to:
        raise SamlError("in_response_to", "the response answers another request")


def _check_status(response: Element) -> None:
    status = child(response, "samlp:Status")
    codes = [] if status is None else [code.get("Value", "") for code in status.iter(qname("samlp:StatusCode"))]
    if status is None or not codes or codes[0] != STATUS_SUCCESS:
        message = None if status is None else child_text(status, "samlp:StatusMessage")
        names = ", ".join(code.rpartition(":")[2] for code in codes[:3])
        raise SamlError("status", f"{names}: {message}"[:300] if message else names[:300])


def _only_assertion(
    response: Element, *, response_signed: bool, certificates: Iterable[str], decryption_keys: Sequence[str]
) -> Element:
    """Return the assertion as a signature covers it: its own, or the response's."""
    certificates = list(certificates)
    plain, encrypted = children(response, "saml:Assertion"), children(response, "saml:EncryptedAssertion")
    # Anywhere, not only where it belongs: a second one has no use but to be mistaken for the first.
    everywhere = len(list(response.iter(qname("saml:Assertion"), qname("saml:EncryptedAssertion"))))
    if len(plain) + len(encrypted) != 1 or everywhere != 1:
        raise SamlError("malformed", "the response does not hold exactly one assertion")
    if plain:
        if is_signed(plain[0]):
            return verify_signed(plain[0], certificates=certificates)
        if response_signed:
            return plain[0]
        raise SamlError("signature", "neither the response nor the assertion is signed")
    try:
        assertion = decrypt(encrypted[0], private_keys=decryption_keys)
        if assertion.tag != qname("saml:Assertion") or len(list(assertion.iter(qname("saml:Assertion")))) != 1:
            raise undecryptable()
        if is_signed(assertion):
            return verify_signed(assertion, certificates=certificates)
    except SamlError as error:
        # Whoever may change the ciphertext must not learn what it became.
        raise error if response_signed or error.reason == "algorithm" else undecryptable() from None
    if response_signed:
        return assertion
    raise undecryptable()


def _read(assertion: Element, expected: Expected) -> Assertion:
    assertion_id = assertion.get("ID", "")
    if not assertion_id or len(assertion_id) > 256 or assertion.get("Version") != "2.0":
        raise SamlError("malformed", "not an Assertion of SAML 2.0")
    if child_text(assertion, "saml:Issuer") != expected.idp_entity_id:
        raise SamlError("issuer", "the assertion is of another issuer")
    subject = child(assertion, "saml:Subject")
    if subject is None:
        raise SamlError("malformed", "the assertion has no subject")
    confirmed_until = check_confirmation(subject, expected)
    valid_until = check_lifetime(assertion, expected)
    statements = children(assertion, "saml:AuthnStatement")
    if not statements:
        raise SamlError("malformed", "the assertion does not say that anybody signed in")
    session_end = parse_moment(statements[0].get("SessionNotOnOrAfter"))
    if session_end is not None and expected.moment - expected.skew >= session_end:
        raise SamlError("expired", "the session has ended")
    context = child(statements[0], "saml:AuthnContext")
    name_id, name_id_format = read_name_id(subject)
    return Assertion(
        id=assertion_id,
        issuer=expected.idp_entity_id,
        name_id=name_id,
        name_id_format=name_id_format,
        attributes=read_attributes(assertion),
        session_index=statements[0].get("SessionIndex"),
        authenticated_at=parse_moment(statements[0].get("AuthnInstant")),
        authn_context=None if context is None else child_text(context, "saml:AuthnContextClassRef"),
        expires_at=min(confirmed_until, valid_until or confirmed_until) + expected.skew,
        in_response_to=expected.in_response_to,
    )
