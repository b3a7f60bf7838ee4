"""How messages travel by a browser: HTTP-Redirect and HTTP-POST (SAML bindings 3.4 and 3.5)."""

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote_plus, unquote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from common.saml.certificates import load_private_key
from common.saml.errors import SamlError
from common.saml.signatures import pinned_certificates
from common.saml.xml import MAX_MESSAGE_BYTES, decode_base64

Parameter = Literal["SAMLRequest", "SAMLResponse"]

MAX_QUERY_CHARACTERS: Final = 32_768
# SAML allows 80 bytes; everybody sends more.
MAX_RELAY_STATE_CHARACTERS: Final = 512
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA512: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
_ALGORITHMS: Final[dict[str, tuple[str, type[hashes.HashAlgorithm]]]] = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{bits}": (kind, digest)
    for kind in ("rsa", "ecdsa")
    for bits, digest in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))
}
_PARAMETERS: Final = ("SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding")
_DEFLATE: Final = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"


def redirect_url(
    endpoint: str,
    *,
    parameter: Parameter,
    message: bytes,
    relay_state: str | None = None,
    private_key: str | None = None,
    algorithm: str = RSA_SHA256,
) -> str:
    """Return the address that carries a message; with a key the query is signed (SAML bindings 3.4.4.1)."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = compressor.compress(message) + compressor.flush()
    pairs: list[tuple[str, str]] = [(parameter, base64.b64encode(deflated).decode())]
    if relay_state is not None:
        pairs.append(("RelayState", relay_state))
    if private_key is not None:
        pairs.append(("SigAlg", algorithm))
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in pairs)
    if private_key is not None:
        signature = base64.b64encode(_sign(query.encode(), private_key, algorithm)).decode()
        query += f"&Signature={quote_plus(signature)}"
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


def _sign(data: bytes, private_key: str, algorithm: str) -> bytes:
    kind, digest = _ALGORITHMS[algorithm]
    key = load_private_key(private_key)
    if kind != "rsa" or not isinstance(key, rsa.RSAPrivateKey):
        raise SamlError("algorithm", "queries are signed with RSA")
    return key.sign(data, padding.PKCS1v15(), digest())


@dataclass(frozen=True)
class RedirectMessage:
    """A message out of a query. `signed_octets` is what its signature covers, as it came."""

    parameter: Parameter
    xml: bytes
    relay_state: str | None
    signed_octets: bytes
    algorithm: str | None
    signature: bytes | None

    @property
    def is_signed(self) -> bool:
        """Whether the query carries a signature, valid or not."""
        return self.signature is not None

    def verify(self, certificates: Iterable[str]) -> None:
        """Raise `SamlError` (`signature`, `algorithm`) unless one of the pinned certificates signed the query."""
        if self.signature is None:
            raise SamlError("signature", "not signed")
        if self.algorithm not in _ALGORITHMS:
            raise SamlError("algorithm", f"SigAlg is not accepted: {(self.algorithm or '')[:120]}")
        kind, digest = _ALGORITHMS[self.algorithm]
        for certificate in pinned_certificates(certificates):
            key = certificate.public_key
            try:
                if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
                    key.verify(self.signature, self.signed_octets, padding.PKCS1v15(), digest())
                    return
                if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
                    key.verify(_as_der(self.signature, key), self.signed_octets, ec.ECDSA(digest()))
                    return
            except InvalidSignature:
                continue
        raise SamlError("signature", "not signed with a key of the issuer")


def _as_der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """An ECDSA signature in DER: XML Signature has the two numbers side by side (RFC 6931 2.3.6), most libraries write
    DER into queries."""
    size = (key.key_size + 7) // 8
    if len(signature) != 2 * size:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))


def decode_redirect(query: str, *, parameters: Sequence[Parameter] = ("SAMLRequest",)) -> RedirectMessage:
    """Return the message of a raw query string, inflated within bounds; its signature is still to be verified."""
    if len(query) > MAX_QUERY_CHARACTERS:
        raise SamlError("too_large", "the query is too long")
    raw: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name in _PARAMETERS:
            if name in raw:
                raise SamlError("malformed", f"{name} occurs twice")
            raw[name] = value
    found = [name for name in parameters if name in raw]
    if len(found) != 1:
        raise SamlError("malformed", f"{' or '.join(parameters)} is missing")
    parameter = found[0]
    if unquote_plus(raw.get("SAMLEncoding", _DEFLATE)) != _DEFLATE:
        raise SamlError("malformed", "the encoding is unknown")
    signature = raw.get("Signature")
    return RedirectMessage(
        parameter=parameter,
        xml=_inflate(decode_base64(unquote_plus(raw[parameter]), max_bytes=MAX_QUERY_CHARACTERS)),
        relay_state=_relay_state(unquote_plus(raw["RelayState"])) if "RelayState" in raw else None,
        signed_octets="&".join(
            f"{name}={raw[name]}" for name in (parameter, "RelayState", "SigAlg") if name in raw
        ).encode(),
        algorithm=unquote_plus(raw["SigAlg"]) if "SigAlg" in raw else None,
        signature=None if signature is None else decode_base64(unquote_plus(signature), max_bytes=2048),
    )


def _relay_state(value: str) -> str:
    if len(value) > MAX_RELAY_STATE_CHARACTERS:
        raise SamlError("too_large", f"RelayState has more than {MAX_RELAY_STATE_CHARACTERS} characters")
    if "\x00" in value:
        raise SamlError("malformed", "RelayState has a character that nothing can keep")
    return value


def _inflate(data: bytes) -> bytes:
    """Undo raw deflate; stops at the bound, whatever the stream would still give."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, MAX_MESSAGE_BYTES + 1)
    except zlib.error:
        raise SamlError("malformed", "not deflated") from None
    if len(inflated) > MAX_MESSAGE_BYTES or stream.unconsumed_tail:
        raise SamlError("too_large", f"more than {MAX_MESSAGE_BYTES} bytes of XML")
    if not stream.eof:
        raise SamlError("malformed", "not deflated")
    return inflated


def post_fields(*, parameter: Parameter, message: bytes, relay_state: str | None = None) -> dict[str, str]:
    """Return the fields of the form that carries a message."""
    fields: dict[str, str] = {parameter: base64.b64encode(message).decode()}
    return fields if relay_state is None else {**fields, "RelayState": relay_state}


def decode_post(value: str, relay_state: str | None = None) -> tuple[bytes, str | None]:
    """Return the XML of a posted message and its bounded RelayState; an enveloped signature is still to be verified."""
    return (
        decode_base64(value, max_bytes=MAX_MESSAGE_BYTES),
        None if relay_state is None else _relay_state(relay_state),
    )
