"""An identity provider and a service provider that agree, and what it takes to forge between them."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from common.saml.certificates import create_signing_key
from common.saml.names import NAME_ID_PERSISTENT, qname
from common.saml.response_building import Addressing, Encryption, Subject, build_response
from common.saml.responses import Assertion, verify_response
from common.saml.xml import parse

MOMENT: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IDP: Final = "https://idp.example/metadata"
SP: Final = "https://sp.example/metadata"
ACS: Final = "https://sp.example/acs"
REQUEST: Final = "_request"


@cache
def key_pair(name: str) -> tuple[str, str]:
    """The private key and certificate of somebody, the same through the whole run."""
    return create_signing_key(common_name=name, days=365, moment=MOMENT)


def subject(name_id: str = "alice", attributes: Mapping[str, Sequence[str]] | None = None) -> Subject:
    return Subject(
        name_id=name_id,
        name_id_format=NAME_ID_PERSISTENT,
        attributes={"email": ["alice@example.com"], "groups": ["a", "b"]} if attributes is None else attributes,
        session_index="session-1",
        authenticated_at=MOMENT - timedelta(minutes=1),
        authn_context="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    )


def respond(
    *,
    name_id: str = "alice",
    signer: str = "idp",
    issuer: str = IDP,
    audience: str = SP,
    destination: str = ACS,
    in_response_to: str | None = REQUEST,
    moment: datetime = MOMENT,
    encryption: Encryption | None = None,
) -> Any:
    """The root of a response as our own identity provider builds it: response and assertion signed."""
    private_key, certificate = key_pair(signer)
    built = build_response(
        subject(name_id),
        addressing=Addressing(issuer, audience, destination, in_response_to),
        moment=moment,
        private_key=private_key,
        certificate=certificate,
        encryption=encryption,
    )
    return parse(built)


def without_response_signature(root: Any) -> Any:
    """The response with the assertion signed alone, as most providers send it."""
    root.remove(root.find(qname("ds:Signature")))
    return root


def without_assertion_signature(root: Any) -> Any:
    """The response with nothing signed: its own signature does not fit any more and goes too."""
    assertion = root.find(qname("saml:Assertion"))
    assertion.remove(assertion.find(qname("ds:Signature")))
    return without_response_signature(root)


class CarelessSigner(XMLSigner):
    """Signs with whatever it is told."""

    def check_deprecated_methods(self) -> None:
        return


def sign_carelessly(
    element: Any,
    *,
    key: Any,
    certificate: str | None,
    method: SignatureMethod = SignatureMethod.RSA_SHA256,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    c14n: CanonicalizationMethod = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
) -> Any:
    signer = CarelessSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=method,
        digest_algorithm=digest,
        c14n_algorithm=c14n,
    )
    return signer.sign(element, key=key, cert=certificate, reference_uri="#" + element.get("ID"), id_attribute="ID")


def signed_assertion_response(change: Callable[[Any], None], signer: str = "idp") -> Any:
    """A response whose assertion was changed by the identity provider itself, and then signed."""
    private_key, certificate = key_pair(signer)
    root = without_assertion_signature(respond())
    change(root)
    assertion = root.find(qname("saml:Assertion"))
    root.replace(assertion, sign_carelessly(assertion, key=private_key, certificate=certificate))
    return parse(etree.tostring(root))


def take(root: Any, **changes: Any) -> Assertion:
    """Give a response to the service provider as a browser does."""
    data = root if isinstance(root, bytes) else etree.tostring(root)
    settings: dict[str, Any] = {
        "certificates": [key_pair("idp")[1]],
        "idp_entity_id": IDP,
        "audience": SP,
        "recipient": ACS,
        "in_response_to": REQUEST,
        "moment": MOMENT,
        "decryption_keys": [key_pair("sp")[0]],
    }
    return verify_response(base64.b64encode(data).decode(), **{**settings, **changes})
