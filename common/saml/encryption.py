"""XML Encryption of assertions: AES under a key that RSA-OAEP carries.

AES-CBC is read because directories still write it, though it can be changed in transit: whatever fails between the
first byte decrypted and the signature verified is one and the same error, so nobody is told about padding.
"""

import base64
import secrets
from collections.abc import Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from common.saml.certificates import load_private_key, parse_certificate
from common.saml.errors import SamlError
from common.saml.names import ENCRYPTION, ENCRYPTION_11, SIGNATURE, qname
from common.saml.xml import MAX_MESSAGE_BYTES, Element, add, child, child_text, decode_base64, element, parse, serialize

# Algorithm → bytes of the key.
_GCM: Final = {f"{ENCRYPTION_11}aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
_CBC: Final = {f"{ENCRYPTION}aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
_OAEP_SHA1: Final = f"{ENCRYPTION}rsa-oaep-mgf1p"  # its mask is SHA-1 by name; OAEP does not rest on collisions
_OAEP: Final = f"{ENCRYPTION_11}rsa-oaep"
_DIGESTS: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    f"{SIGNATURE}sha1": hashes.SHA1,
    f"{ENCRYPTION}sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    f"{ENCRYPTION}sha512": hashes.SHA512,
}
_MASKS: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    f"{ENCRYPTION_11}mgf1sha1": hashes.SHA1,
    f"{ENCRYPTION_11}mgf1sha256": hashes.SHA256,
    f"{ENCRYPTION_11}mgf1sha384": hashes.SHA384,
    f"{ENCRYPTION_11}mgf1sha512": hashes.SHA512,
}
_MAX_ENCRYPTED_KEYS: Final = 5
_TYPE_ELEMENT: Final = f"{ENCRYPTION}Element"
_NONCE_BYTES: Final = 12
_BLOCK_BYTES: Final = 16


def undecryptable() -> SamlError:
    """Return the one error of everything that is wrong with an encrypted assertion."""
    return SamlError("encryption", "the assertion cannot be decrypted")


def encrypt(assertion: Element, *, certificate: str) -> Element:
    """Return an EncryptedAssertion: AES-256-GCM, the key by RSA-OAEP under the certificate's key."""
    recipient = parse_certificate(certificate)
    if not isinstance(recipient.public_key, rsa.RSAPublicKey):
        raise SamlError("algorithm", "assertions are encrypted under RSA keys only")
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, serialize(assertion), None)
    # The one form that every recipient knows; OAEP does not rest on the collision resistance of its hash (RFC 8017).
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - see above
    wrapper = element("saml:EncryptedAssertion")
    data = add(wrapper, "xenc:EncryptedData", {"Type": _TYPE_ELEMENT})
    add(data, "xenc:EncryptionMethod", {"Algorithm": f"{ENCRYPTION_11}aes256-gcm"})
    key_info = add(data, "ds:KeyInfo")
    encrypted_key = add(key_info, "xenc:EncryptedKey")
    method = add(encrypted_key, "xenc:EncryptionMethod", {"Algorithm": _OAEP_SHA1})
    add(method, "ds:DigestMethod", {"Algorithm": f"{SIGNATURE}sha1"})
    add(add(add(encrypted_key, "ds:KeyInfo"), "ds:X509Data"), "ds:X509Certificate", text=recipient.body)
    _add_cipher(encrypted_key, recipient.public_key.encrypt(key, oaep))
    _add_cipher(data, sealed)
    return wrapper


def _add_cipher(parent: Element, data: bytes) -> None:
    add(add(parent, "xenc:CipherData"), "xenc:CipherValue", text=base64.b64encode(data).decode())


def decrypt(encrypted: Element, *, private_keys: Sequence[str]) -> Element:
    """Return the root element inside of an EncryptedAssertion (or EncryptedID), parsed like any foreign XML.

    Raises `SamlError`: `algorithm` for what is said openly, `encryption` for everything that depends on the key.
    """
    data = child(encrypted, "xenc:EncryptedData")
    method = None if data is None else child(data, "xenc:EncryptionMethod")
    if data is None or method is None:
        raise SamlError("malformed", "nothing is encrypted")
    algorithm = method.get("Algorithm", "")
    length = _GCM.get(algorithm) or _CBC.get(algorithm)
    if length is None:
        raise SamlError("algorithm", f"encryption is not accepted: {algorithm[:120]}")
    # Next to the data, or inside of it (SAML core 6.1 and XML Encryption 3.5).
    wrapped = list(data.iterfind(f"{qname('ds:KeyInfo')}/{qname('xenc:EncryptedKey')}"))
    wrapped += list(encrypted.iterfind(qname("xenc:EncryptedKey")))
    if not wrapped or len(wrapped) > _MAX_ENCRYPTED_KEYS:
        raise SamlError("malformed", "the encrypted key is missing")
    schemes = [(_scheme(each), _cipher_value(each)) for each in wrapped]
    sealed = _cipher_value(data)
    for private_key in private_keys:
        loaded = load_private_key(private_key)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            continue
        for scheme, value in schemes:
            try:
                key = loaded.decrypt(value, scheme)
                if len(key) == length:
                    return parse(_open(key, sealed, is_gcm=algorithm in _GCM))
            except (ValueError, InvalidTag, SamlError):
                continue
    raise undecryptable()


def _scheme(encrypted_key: Element) -> padding.OAEP:
    method = child(encrypted_key, "xenc:EncryptionMethod")
    algorithm = "" if method is None else method.get("Algorithm", "")
    if method is None or algorithm not in (_OAEP_SHA1, _OAEP):
        raise SamlError("algorithm", f"the key's encryption is not accepted: {algorithm[:120]}")
    digest = _named(method, "ds:DigestMethod", _DIGESTS)
    mask: type[hashes.HashAlgorithm] = hashes.SHA1
    if algorithm == _OAEP:
        mask = _named(method, "xenc11:MGF", _MASKS)
    parameters = child_text(method, "xenc:OAEPparams")
    label = decode_base64(parameters, max_bytes=256) if parameters else None
    return padding.OAEP(mgf=padding.MGF1(mask()), algorithm=digest(), label=label)


def _named(method: Element, name: str, known: dict[str, type[hashes.HashAlgorithm]]) -> type[hashes.HashAlgorithm]:
    found = child(method, name)
    if found is None:
        return hashes.SHA1
    algorithm = found.get("Algorithm", "")
    if algorithm not in known:
        raise SamlError("algorithm", f"the key's encryption is not accepted: {algorithm[:120]}")
    return known[algorithm]


def _cipher_value(parent: Element) -> bytes:
    data = child(parent, "xenc:CipherData")
    value = None if data is None else child_text(data, "xenc:CipherValue")
    if value is None:
        raise SamlError("malformed", "nothing is encrypted")
    return decode_base64(value, max_bytes=MAX_MESSAGE_BYTES)


def _open(key: bytes, sealed: bytes, *, is_gcm: bool) -> bytes:
    if is_gcm:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    vector, body = sealed[:_BLOCK_BYTES], sealed[_BLOCK_BYTES:]
    if not body or len(body) % _BLOCK_BYTES:
        raise undecryptable()
    decryptor: Any = Cipher(AES(key), CBC(vector)).decryptor()
    plain: bytes = decryptor.update(body) + decryptor.finalize()
    # The last byte counts what was filled in; the rest of the filling may be anything (XML Encryption 5.2).
    if not 1 <= plain[-1] <= _BLOCK_BYTES:
        raise undecryptable()
    return plain[: -plain[-1]]
