"""AuthnRequest: a service provider asks that a user be signed in (SAML core 3.4)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.saml.errors import SamlError
from common.saml.names import BINDING_POST, qname
from common.saml.signatures import is_signed, sign, verify_signed
from common.saml.xml import (
    Element,
    add,
    child,
    child_text,
    children,
    element,
    format_moment,
    parse,
    parse_boolean,
    parse_moment,
    serialize,
    text_of,
)

MAX_ID_CHARACTERS: Final = 128
_MAX_TEXT_CHARACTERS: Final = 2048
_MAX_CONTEXTS: Final = 20


def new_message_id() -> str:
    """Return an ID: an xs:ID starts with a letter or an underscore, and nobody guesses 160 bits (SAML core 1.3.4)."""
    return "_" + secrets.token_hex(20)


@dataclass(frozen=True)
class AuthnRequest:
    """What was asked. Texts are as they came; whether issuer and addresses are known is the caller's to decide."""

    id: str
    issuer: str
    issued_at: datetime
    destination: str | None
    acs_url: str | None
    acs_index: str | None
    protocol_binding: str | None
    name_id_format: str | None
    force_authn: bool
    is_passive: bool
    contexts: tuple[str, ...]
    context_comparison: str
    subject: str | None
    is_signed: bool


def build_authn_request(
    *,
    request_id: str,
    issuer: str,
    destination: str,
    acs_url: str,
    moment: datetime,
    name_id_format: str | None = None,
    force_authn: bool = False,
    private_key: str | None = None,
    certificate: str | None = None,
) -> bytes:
    """Return a request whose response is to be posted to `acs_url`.

    With a key it carries a signature of its own, for HTTP-POST; HTTP-Redirect signs its query (`bindings`).
    """
    root = element(
        "samlp:AuthnRequest",
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": format_moment(moment),
            "Destination": destination,
            "ForceAuthn": "true" if force_authn else None,
            "ProtocolBinding": BINDING_POST,
            "AssertionConsumerServiceURL": acs_url,
        },
    )
    add(root, "saml:Issuer", text=issuer)
    add(root, "samlp:NameIDPolicy", {"Format": name_id_format, "AllowCreate": "true"})
    if private_key is not None and certificate is not None:
        root = sign(root, private_key=private_key, certificate=certificate)
    return serialize(root)


def parse_authn_request(xml: bytes, *, certificates: Iterable[str] = ()) -> AuthnRequest:
    """Return what a request says. An enveloped signature is verified if certificates are given, and then what it
    covers is read; without certificates it proves nothing and is passed over (`is_signed` stays false).

    Raises `SamlError` (`malformed`, `too_large`, `signature`, `algorithm`).
    """
    root = parse(xml)
    if root.tag != qname("samlp:AuthnRequest"):
        raise SamlError("malformed", "not an AuthnRequest")
    pinned = list(certificates)
    verified = bool(pinned) and is_signed(root)
    if verified:
        root = verify_signed(root, certificates=pinned)
    message_id, issuer, issued_at = message_head(root)
    policy = child(root, "samlp:NameIDPolicy")
    context = child(root, "samlp:RequestedAuthnContext")
    subject = child(root, "saml:Subject")
    return AuthnRequest(
        id=message_id,
        issuer=issuer,
        issued_at=issued_at,
        destination=_attribute(root, "Destination"),
        acs_url=_attribute(root, "AssertionConsumerServiceURL"),
        acs_index=_attribute(root, "AssertionConsumerServiceIndex"),
        protocol_binding=_attribute(root, "ProtocolBinding"),
        name_id_format=None if policy is None else _attribute(policy, "Format"),
        force_authn=parse_boolean(root.get("ForceAuthn")),
        is_passive=parse_boolean(root.get("IsPassive")),
        contexts=() if context is None else _contexts(context),
        context_comparison="exact" if context is None else context.get("Comparison", "exact"),
        subject=None if subject is None else _bounded(child_text(subject, "saml:NameID")),
        is_signed=verified,
    )


def message_head(root: Element) -> tuple[str, str, datetime]:
    """Return the id, the issuer and the moment, which every request has; raises `SamlError` `malformed`."""
    message_id = str(root.get("ID", ""))
    if not message_id or len(message_id) > MAX_ID_CHARACTERS:
        raise SamlError("malformed", "ID is missing or too long")
    if root.get("Version") != "2.0":
        raise SamlError("malformed", "not SAML 2.0")
    issuer = _bounded(child_text(root, "saml:Issuer"))
    issued_at = parse_moment(root.get("IssueInstant"))
    if issuer is None or issued_at is None:
        raise SamlError("malformed", "Issuer or IssueInstant is missing")
    return message_id, issuer, issued_at


def _attribute(found: Element, name: str) -> str | None:
    return _bounded(found.get(name))


def _bounded(value: str | None) -> str | None:
    if value is not None and len(value) > _MAX_TEXT_CHARACTERS:
        raise SamlError("too_large", f"a value has more than {_MAX_TEXT_CHARACTERS} characters")
    return value or None


def _contexts(context: Element) -> tuple[str, ...]:
    found = children(context, "saml:AuthnContextClassRef")
    if len(found) > _MAX_CONTEXTS:
        raise SamlError("too_large", "too many authentication contexts")
    texts = (_bounded(text_of(each)) for each in found)
    return tuple(text for text in texts if text)
