"""Building a Response: the identity provider's side (SAML profiles 4.1.4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.saml.authn_requests import new_message_id
from common.saml.encryption import encrypt
from common.saml.names import ATTRIBUTE_BASIC, BEARER, STATUS_SUCCESS
from common.saml.signatures import sign
from common.saml.xml import Element, add, element, format_moment, serialize

LIFETIME: Final = timedelta(minutes=5)
# Clocks of service providers run late.
_TOLERANCE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Subject:
    """Who signed in, how and when. `session_index` names the session at the identity provider."""

    name_id: str
    name_id_format: str
    attributes: Mapping[str, Sequence[str]]
    session_index: str
    authenticated_at: datetime
    authn_context: str


@dataclass(frozen=True)
class Addressing:
    """Between whom a response goes; `in_response_to` is `None` if nobody asked."""

    issuer: str
    audience: str
    destination: str
    in_response_to: str | None


@dataclass(frozen=True)
class Encryption:
    """How the assertion is hidden. It is signed inside; with `then_sign` the response is signed around it."""

    certificate: str
    then_sign: bool


def build_response(
    subject: Subject,
    *,
    addressing: Addressing,
    moment: datetime,
    private_key: str,
    certificate: str,
    encryption: Encryption | None = None,
) -> bytes:
    """Return a successful response: the assertion signed, and the response unless it hides an assertion unsigned."""
    assertion = sign(_assertion(subject, addressing, moment), private_key=private_key, certificate=certificate)
    response = _response(addressing, moment, [STATUS_SUCCESS], None)
    if encryption is None:
        response.append(assertion)
    else:
        response.append(encrypt(assertion, certificate=encryption.certificate))
        if not encryption.then_sign:
            return serialize(response)
    return serialize(sign(response, private_key=private_key, certificate=certificate))


def build_failure(
    *,
    addressing: Addressing,
    moment: datetime,
    status: Sequence[str],
    private_key: str,
    certificate: str,
    message: str | None = None,
) -> bytes:
    """Return a signed response that says why nobody was signed in: a top-level status and its subordinates."""
    response = _response(addressing, moment, status, message)
    return serialize(sign(response, private_key=private_key, certificate=certificate))


def _response(addressing: Addressing, moment: datetime, status: Sequence[str], message: str | None) -> Element:
    root = element(
        "samlp:Response",
        {
            "ID": new_message_id(),
            "Version": "2.0",
            "IssueInstant": format_moment(moment),
            "Destination": addressing.destination,
            "InResponseTo": addressing.in_response_to,
        },
    )
    add(root, "saml:Issuer", text=addressing.issuer)
    add_status(root, status, message)
    return root


def add_status(root: Element, status: Sequence[str], message: str | None = None) -> None:
    """Append a Status whose codes stand inside of each other (SAML core 3.2.2)."""
    stated = add(root, "samlp:Status")
    parent = stated
    for code in status:
        parent = add(parent, "samlp:StatusCode", {"Value": code})
    if message:
        add(stated, "samlp:StatusMessage", text=message)


def _assertion(subject: Subject, addressing: Addressing, moment: datetime) -> Element:
    until = format_moment(moment + LIFETIME)
    root = element("saml:Assertion", {"ID": new_message_id(), "Version": "2.0", "IssueInstant": format_moment(moment)})
    add(root, "saml:Issuer", text=addressing.issuer)
    named = add(root, "saml:Subject")
    add(named, "saml:NameID", {"Format": subject.name_id_format}, subject.name_id)
    confirmation = add(named, "saml:SubjectConfirmation", {"Method": BEARER})
    add(
        confirmation,
        "saml:SubjectConfirmationData",
        {"NotOnOrAfter": until, "Recipient": addressing.destination, "InResponseTo": addressing.in_response_to},
    )
    conditions = add(root, "saml:Conditions", {"NotBefore": format_moment(moment - _TOLERANCE), "NotOnOrAfter": until})
    add(add(conditions, "saml:AudienceRestriction"), "saml:Audience", text=addressing.audience)
    statement = add(
        root,
        "saml:AuthnStatement",
        {
            "AuthnInstant": format_moment(subject.authenticated_at),
            "SessionIndex": subject.session_index,
        },
    )
    add(add(statement, "saml:AuthnContext"), "saml:AuthnContextClassRef", text=subject.authn_context)
    if subject.attributes:
        attributes = add(root, "saml:AttributeStatement")
        for name, values in subject.attributes.items():
            attribute = add(attributes, "saml:Attribute", {"Name": name, "NameFormat": ATTRIBUTE_BASIC})
            for value in values:
                add(attribute, "saml:AttributeValue", text=value)
    return root
