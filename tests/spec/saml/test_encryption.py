"""Encrypted assertions: what is read, what is refused, and that refusals tell nothing (XML Encryption 1.1)."""

import base64
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from lxml import etree

from common.saml.certificates import parse_certificate
from common.saml.errors import SamlError
from common.saml.names import ENCRYPTION, ENCRYPTION_11, qname
from common.saml.response_building import Encryption
from tests.spec.saml.messages import key_pair, respond, take, without_assertion_signature, without_response_signature


def encrypted(*, then_sign: bool = False, to: str = "sp") -> Any:
    return respond(encryption=Encryption(key_pair(to)[1], then_sign))


def refusal(root: Any, **changes: Any) -> tuple[str, str]:
    with pytest.raises(SamlError) as caught:
        take(root, **changes)
    return caught.value.reason, caught.value.detail


UNDECRYPTABLE = ("encryption", "the assertion cannot be decrypted")


def _values(root: Any) -> list[Any]:
    """The encrypted key, then the encrypted data."""
    return list(root.iter(qname("xenc:CipherValue")))


def _flip(value: Any, position: int) -> None:
    data = bytearray(base64.b64decode(value.text))
    data[position] ^= 1
    value.text = base64.b64encode(data).decode()


@pytest.mark.parametrize("then_sign", [False, True])
def test_encrypted_assertions_are_read(then_sign: bool) -> None:
    assert take(encrypted(then_sign=then_sign)).name_id == "alice"


def test_an_older_key_still_reads() -> None:
    keys = [key_pair("new")[0], key_pair("sp")[0]]
    assert take(encrypted(), decryption_keys=keys).name_id == "alice"


@pytest.mark.parametrize("position", [0, 12, 100, -1])
def test_a_changed_ciphertext_is_refused(position: int) -> None:
    root = encrypted()
    _flip(_values(root)[1], position)
    assert refusal(root) == UNDECRYPTABLE


def test_what_is_for_another_key_is_refused() -> None:
    assert refusal(encrypted(to="other")) == UNDECRYPTABLE
    assert refusal(encrypted(), decryption_keys=[]) == UNDECRYPTABLE
    root = encrypted()
    _flip(_values(root)[0], 5)
    assert refusal(root) == UNDECRYPTABLE


def _encrypt_cbc(assertion: bytes, fill: int | None = None) -> tuple[bytes, bytes]:
    key, vector = os.urandom(16), os.urandom(16)
    missing = 16 - len(assertion) % 16
    padded = assertion + bytes(missing - 1) + bytes([missing if fill is None else fill])
    encryptor: Any = Cipher(AES(key), CBC(vector)).encryptor()
    return key, vector + encryptor.update(padded) + encryptor.finalize()


def cbc_response(assertion: Any, fill: int | None = None) -> Any:
    """A response as older directories write it: AES-128-CBC, the key by RSA-OAEP with SHA-256 for both."""
    root = encrypted()
    key, sealed = _encrypt_cbc(etree.tostring(assertion), fill)
    public = parse_certificate(key_pair("sp")[1]).public_key
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    for value, data in zip(_values(root), [public.encrypt(key, oaep), sealed], strict=True):
        value.text = base64.b64encode(data).decode()
    data_method, key_method = root.iter(qname("xenc:EncryptionMethod"))
    data_method.set("Algorithm", f"{ENCRYPTION}aes128-cbc")
    key_method.set("Algorithm", f"{ENCRYPTION_11}rsa-oaep")
    key_method[0].set("Algorithm", f"{ENCRYPTION}sha256")
    etree.SubElement(key_method, qname("xenc11:MGF"), {"Algorithm": f"{ENCRYPTION_11}mgf1sha256"})
    return root


def _signed() -> Any:
    return without_response_signature(respond()).find(qname("saml:Assertion"))


def test_cbc_is_read() -> None:
    assert take(cbc_response(_signed())).name_id == "alice"


def test_cbc_tells_nothing_of_its_padding() -> None:
    """Wrong padding, broken XML, an unsigned assertion, a signature that does not fit: one answer."""
    unsigned = without_assertion_signature(respond()).find(qname("saml:Assertion"))
    changed = _signed()
    next(changed.iter(qname("saml:NameID"))).text = "mallory"
    other = etree.Element("x")
    torn = cbc_response(_signed())
    _flip(_values(torn)[1], 20)
    for root in (cbc_response(_signed(), fill=0), cbc_response(_signed(), fill=17), torn):
        assert refusal(root) == UNDECRYPTABLE
    for assertion in (unsigned, changed, other):
        assert refusal(cbc_response(assertion)) == UNDECRYPTABLE


@pytest.mark.parametrize(
    ("position", "algorithm"),
    [
        (1, f"{ENCRYPTION}rsa-1_5"),
        (0, f"{ENCRYPTION}tripledes-cbc"),
        (0, ""),
    ],
)
def test_weak_algorithms_are_refused(position: int, algorithm: str) -> None:
    root = encrypted()
    list(root.iter(qname("xenc:EncryptionMethod")))[position].set("Algorithm", algorithm)
    assert refusal(root)[0] == "algorithm"


def test_an_encrypted_assertion_is_still_to_be_signed() -> None:
    """Everybody can encrypt for us: hiding an assertion proves nothing."""
    unsigned = without_assertion_signature(respond(name_id="mallory")).find(qname("saml:Assertion"))
    assert refusal(cbc_response(unsigned)) == UNDECRYPTABLE


def test_only_one_assertion_comes_in_a_response() -> None:
    root = encrypted()
    root.append(_signed())
    assert refusal(root)[0] == "malformed"
