"""Signing keys and X.509 certificates. A certificate carries a key; nobody's name or dates in it are trusted."""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from common.saml.errors import SamlError

MAX_CERTIFICATE_CHARACTERS = 16_384
_KEY_BITS = 2048  # what every service provider reads
_PEM = re.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----")


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate; `fingerprint` is the SHA-256 in lower-case hex, `body` its base64 in one line."""

    pem: str
    body: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey


def create_signing_key(*, common_name: str, days: int, moment: datetime) -> tuple[str, str]:
    """Return an RSA key of 2048 bits and the certificate that it signs for itself, both PEM, valid for `days`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of others run late.
        .not_valid_before(moment - timedelta(minutes=5))
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def parse_certificate(text: str) -> Certificate:
    """Return a certificate given as PEM or as bare base64; raises `SamlError` (`malformed`, `algorithm`, `too_large`).

    RSA keys have 2048 bits at least; other kinds than RSA and the NIST curves sign nothing here.
    """
    if len(text) > MAX_CERTIFICATE_CHARACTERS:
        raise SamlError("too_large", "the certificate is too long")
    framed = _PEM.search(text)
    if framed is None and "-----" in text:
        raise SamlError("malformed", "not a certificate in PEM form")
    body = "".join((framed[1] if framed else text).split())
    try:
        loaded = x509.load_der_x509_certificate(binascii.a2b_base64(body, strict_mode=True))
        public_key = loaded.public_key()
        not_before, not_after = loaded.not_valid_before_utc, loaded.not_valid_after_utc
    except (ValueError, TypeError, OverflowError, UnicodeError, binascii.Error):
        raise SamlError("malformed", "not an X.509 certificate") from None
    except UnsupportedAlgorithm:
        raise SamlError("algorithm", "the certificate has an unknown kind of key") from None
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise SamlError("algorithm", "the certificate's key is neither RSA nor elliptic-curve")
    if isinstance(public_key, rsa.RSAPublicKey) and public_key.key_size < _KEY_BITS:
        raise SamlError("algorithm", f"the certificate's RSA key has fewer than {_KEY_BITS} bits")
    return Certificate(
        pem=loaded.public_bytes(serialization.Encoding.PEM).decode(),
        body=body,
        fingerprint=loaded.fingerprint(hashes.SHA256()).hex(),
        not_before=not_before.astimezone(UTC),
        not_after=not_after.astimezone(UTC),
        public_key=public_key,
    )


def load_private_key(pem: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """Return a private key of our own, in unencrypted PEM form."""
    # Ours, and sealed since it was made: proving again that it is one costs more than the signature.
    key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SamlError("algorithm", "the key is neither RSA nor elliptic-curve")
    return key
