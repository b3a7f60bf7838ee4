"""Single logout: one party says that a session has ended, the other answers (SAML core 3.7, profiles 4.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.saml.assertions import MAX_NAME_ID_CHARACTERS
from common.saml.authn_requests import message_head
from common.saml.errors import SamlError
from common.saml.names import qname
from common.saml.response_building import add_status
from common.saml.signatures import is_signed, sign, verify_signed
from common.saml.xml import (
    Element,
    add,
    child,
    children,
    element,
    format_moment,
    parse,
    parse_moment,
    serialize,
    text_of,
)

_LIFETIME: Final = timedelta(minutes=5)
_MAX_SESSION_INDEXES: Final = 20
MAX_SESSION_INDEX_CHARACTERS: Final = 256


@dataclass(frozen=True)
class LogoutRequest:
    """Whose sessions end; without `session_indexes` all that the sender has of the user."""

    id: str
    issuer: str
    issued_at: datetime
    destination: str | None
    not_on_or_after: datetime | None
    name_id: str
    name_id_format: str | None
    session_indexes: tuple[str, ...]
    is_signed: bool


@dataclass(frozen=True)
class LogoutResponse:
    """The answer; `status` holds the codes from the outside in."""

    id: str
    issuer: str
    issued_at: datetime
    destination: str | None
    in_response_to: str | None
    status: tuple[str, ...]
    is_signed: bool


def build_logout_request(
    *,
    request_id: str,
    issuer: str,
    destination: str,
    name_id: str,
    name_id_format: str,
    session_indexes: Sequence[str],
    moment: datetime,
    private_key: str | None = None,
    certificate: str | None = None,
) -> bytes:
    """Return a request; with a key it is signed for HTTP-POST, HTTP-Redirect signs its query (`bindings`)."""
    root = element(
        "samlp:LogoutRequest",
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": format_moment(moment),
            "Destination": destination,
            "NotOnOrAfter": format_moment(moment + _LIFETIME),
        },
    )
    add(root, "saml:Issuer", text=issuer)
    add(root, "saml:NameID", {"Format": name_id_format}, name_id)
    for index in session_indexes:
        add(root, "samlp:SessionIndex", text=index)
    return _signed(root, private_key, certificate)


def build_logout_response(
    *,
    response_id: str,
    issuer: str,
    destination: str,
    in_response_to: str,
    status: Sequence[str],
    moment: datetime,
    private_key: str | None = None,
    certificate: str | None = None,
) -> bytes:
    """Return an answer; with a key it is signed for HTTP-POST, HTTP-Redirect signs its query (`bindings`)."""
    root = element(
        "samlp:LogoutResponse",
        {
            "ID": response_id,
            "Version": "2.0",
            "IssueInstant": format_moment(moment),
            "Destination": destination,
            "InResponseTo": in_response_to,
        },
    )
    add(root, "saml:Issuer", text=issuer)
    add_status(root, status)
    return _signed(root, private_key, certificate)


def _signed(root: Element, private_key: str | None, certificate: str | None) -> bytes:
    if private_key is not None and certificate is not None:
        root = sign(root, private_key=private_key, certificate=certificate)
    return serialize(root)


def parse_logout_request(xml: bytes, *, certificates: Iterable[str] = ()) -> LogoutRequest:
    """Return what a request says; an enveloped signature is treated as `authn_requests.parse_authn_request` does."""
    root, verified = _open(xml, "samlp:LogoutRequest", certificates)
    message_id, issuer, issued_at = message_head(root)
    named = child(root, "saml:NameID")
    name_id = text_of(named)
    indexes = [text_of(each) for each in children(root, "samlp:SessionIndex")]
    if named is None or name_id is None or len(name_id) > MAX_NAME_ID_CHARACTERS:
        raise SamlError("malformed", "NameID is missing or too long")
    if len(indexes) > _MAX_SESSION_INDEXES or any(len(each or "") > MAX_SESSION_INDEX_CHARACTERS for each in indexes):
        raise SamlError("too_large", "SessionIndex is too long, or there are too many")
    name_format = named.get("Format")
    return LogoutRequest(
        id=message_id,
        issuer=issuer,
        issued_at=issued_at,
        destination=root.get("Destination") or None,
        not_on_or_after=parse_moment(root.get("NotOnOrAfter")),
        name_id=name_id,
        name_id_format=None if name_format is None else str(name_format)[:256],
        session_indexes=tuple(each for each in indexes if each),
        is_signed=verified,
    )


def parse_logout_response(xml: bytes, *, certificates: Iterable[str] = ()) -> LogoutResponse:
    """Return what an answer says; an enveloped signature is treated as `authn_requests.parse_authn_request` does."""
    root, verified = _open(xml, "samlp:LogoutResponse", certificates)
    message_id, issuer, issued_at = message_head(root)
    status = child(root, "samlp:Status")
    codes = [] if status is None else [code.get("Value", "")[:256] for code in status.iter(qname("samlp:StatusCode"))]
    answered = root.get("InResponseTo")
    return LogoutResponse(
        id=message_id,
        issuer=issuer,
        issued_at=issued_at,
        destination=root.get("Destination") or None,
        in_response_to=None if answered is None else str(answered)[:128],
        status=tuple(codes[:5]),
        is_signed=verified,
    )


def _open(xml: bytes, name: str, certificates: Iterable[str]) -> tuple[Element, bool]:
    root = parse(xml)
    if root.tag != qname(name):
        raise SamlError("malformed", f"not a {name.partition(':')[2]}")
    pinned = list(certificates)
    verified = bool(pinned) and is_signed(root)
    return (verify_signed(root, certificates=pinned) if verified else root), verified
