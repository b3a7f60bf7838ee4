"""The `Legacy` method: recipes of other systems."""

import base64
import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import bcrypt
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import AppError
from identity.passwords import validate_digest, verify_password

# Published with Firebase's scrypt utility.
SIGNER_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
FIREBASE_DIGEST = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="

# RFC 6070.
PBKDF2_KEY = "4b007901b765489abead49d926f721d065a429c1"


def legacy(algorithm: str, arguments: list[Any], digest: str) -> str:
    return json.dumps([algorithm, arguments, digest], separators=(",", ":"))


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


# Workers of one run have to collect the same digests.
SALT = b"$2b$04$MyC0dtvTkSCHcr1rVCR5ye"


def hashed_twice(password: str) -> str:
    return bcrypt.hashpw(hashlib.sha256(password.encode()).hexdigest().encode(), SALT).decode()


def firebase(
    salt: str = "42xEC+ixf3L2lw==",
    rounds: int | str = 8,
    memory: int | str = 14,
    digest: str = FIREBASE_DIGEST,
    key: str = SIGNER_KEY,
) -> str:
    return legacy("firebase-scrypt", [salt, key, "Bw==", rounds, memory, "@"], digest)


@pytest.mark.parametrize(
    "digest",
    [
        firebase(),
        firebase(rounds="8", memory="14"),
        firebase(digest=FIREBASE_DIGEST.replace("+", "-").replace("/", "_").rstrip("=")),
        firebase(salt="42xEC-ixf3L2lw"),
    ],
)
def test_firebase_scrypt_vector(digest: str) -> None:
    validate_digest(digest, "Legacy")
    assert verify_password("user1password", digest, "Legacy")
    assert not verify_password("user2password", digest, "Legacy")


@pytest.mark.parametrize("algorithm", ["pbkdf2", "pbkdf2Sync"])
@pytest.mark.parametrize(
    ("password", "arguments", "key"),
    [
        ("password", ["salt", 1, 20, "sha1", "@"], "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        ("password", ["salt", 4096, 20, "sha1", "@"], PBKDF2_KEY),
        ("password", ["salt", "4096", "20", "SHA1", "@"], PBKDF2_KEY.upper()),
        ("password", ["hex:73616c74", 4096, 20, "sha1", "@"], PBKDF2_KEY),
        ("pass\0word", ["sa\0lt", 4096, 16, "sha1", "@"], "56fa6aa75548099dcc37d7f03425e0c3"),
    ],
)
def test_rfc_6070_vectors(algorithm: str, password: str, arguments: list[Any], key: str) -> None:
    digest = legacy(algorithm, arguments, key)
    validate_digest(digest, "Legacy")
    assert verify_password(password, digest, "Legacy")
    assert not verify_password(password + "x", digest, "Legacy")


@pytest.mark.parametrize(
    ("algorithm", "function"),
    [
        ("md5", hashlib.md5),
        ("sha1", hashlib.sha1),
        ("SHA-256", hashlib.sha256),
        ("RSA-SHA512", hashlib.sha512),
        ("sha3-256", hashlib.sha3_256),
        ("blake2b512", hashlib.blake2b),
        (
            "shake128",
            lambda content: SimpleNamespace(hexdigest=lambda: hashlib.shake_128(content).hexdigest(16)),
        ),
    ],
)
def test_joined_hash_in_the_order_of_its_arguments(algorithm: str, function: Callable[[bytes], Any]) -> None:
    digest = legacy(algorithm, ["pre", "@", "post"], function(b"prealicepost").hexdigest())
    validate_digest(digest, "Legacy")
    assert verify_password("alice", digest, "Legacy")
    assert not verify_password("alic", digest, "Legacy")


@pytest.mark.parametrize(
    ("password", "digest"),
    [
        # RFC 7914 section 12.
        (
            "pleaseletmein",
            legacy(
                "scrypt",
                ["SodiumChloride", 16384, 8, "1", 64, "@"],
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
            ),
        ),
        # RFC 1320 appendix A.5.
        ("message digest", legacy("md4", ["@"], "d9130a8164549fe818874806e1c7014b")),
        ("1234567890" * 8, legacy("MD4", ["@"], "e33b4ddc9c38f2199c3e7b164fcc0536")),
        # RFC 4231 sections 4.3 and 4.4; RFC 2202 section 3.
        (
            "what do ya want for nothing?",
            legacy(
                "hmac",
                ["sha256", "Jefe", "@"],
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
        ),
        ("Hi There", legacy("hmac", ["SHA-1", "hex:" + "0b" * 20, "@"], "b617318655057264e28bc0b6fb378c8ef146be00")),
        ("alice", legacy("ldap", ["@"], "{SHA}" + encoded(hashlib.sha1(b"alice").digest()))),
        ("alice", legacy("ldap", ["@"], "{ssha512}" + encoded(hashlib.sha512(b"alicesalt").digest() + b"salt"))),
        ("a" * 80, legacy("bcrypt-sha256", ["@"], hashed_twice("a" * 80))),
    ],
)
def test_recipes_of_other_systems(password: str, digest: str) -> None:
    validate_digest(digest, "Legacy")
    assert verify_password(password, digest, "Legacy")
    assert not verify_password(password + "x", digest, "Legacy")
    assert not verify_password(password[:-1], digest, "Legacy")


def test_password_may_stand_twice_and_look_like_a_placeholder() -> None:
    digest = legacy("sha256", ["@", ":", "@"], hashlib.sha256(b"@:@").hexdigest())
    assert verify_password("@", digest, "Legacy")
    assert not verify_password("", digest, "Legacy")


SHA256 = hashlib.sha256(b"salt").hexdigest()


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "not json",
        "{}",
        "[]",
        "null",
        "[" * 250,
        '["sha256", "@", "00"]',
        legacy("", ["@"], SHA256),
        legacy("sha256", ["@"], ""),
        legacy("sha256", ["@"], SHA256[:-2]),
        legacy("sha256", ["@"], "z" * 64),
        legacy("sha256", ["@", None], SHA256),
        legacy("sha256", ["@", True], SHA256),
        legacy("sha256", ["@", ["nested"]], SHA256),
        # Without the password in it, every password would do.
        legacy("sha256", ["salt"], SHA256),
        legacy("sha256", [], SHA256),
        legacy("pbkdf2", ["salt", 1, 20, "sha1"], PBKDF2_KEY),
        legacy("pbkdf2", ["@", 1, 20, "sha1", "salt"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", 0, 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", -1, 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", "many", 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", "٤٠٩٦", 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", 1, 0, "sha1", "@"], ""),
        legacy("pbkdf2", ["salt", 1, 21, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["hex:xyz", 1, 20, "sha1", "@"], PBKDF2_KEY),
        firebase(salt="not base64!"),
        firebase(digest="AAAA"),
        firebase(key="", digest=""),
        firebase(rounds=0),
        legacy("scrypt", ["salt", 1000, 8, 1, 20, "@"], PBKDF2_KEY),
        legacy("scrypt", ["salt", 1024, 8, 1, 32, "@"], PBKDF2_KEY),
        legacy("scrypt", ["salt", 1024, 0, 1, 20, "@"], PBKDF2_KEY),
        legacy("scrypt", ["@"], "00"),
        legacy("hmac", ["sha1", "", "@"], PBKDF2_KEY),
        legacy("hmac", ["sha256", "key", "@"], PBKDF2_KEY),
        legacy("md4", ["@"], PBKDF2_KEY),
        legacy("ldap", ["@"], "{SSHA}" + encoded(bytes(20))),
        legacy("ldap", ["@"], "{SHA}" + encoded(bytes(21))),
        legacy("ldap", ["@"], "{SSHA}" + encoded(bytes(85))),
        legacy("ldap", ["@"], "SHA"),
        legacy("ldap", ["@", "salt"], "{SHA}" + encoded(bytes(20))),
        legacy("bcrypt-sha256", ["@", "@"], "00"),
    ],
)
def test_malformed_recipe_is_refused(digest: str) -> None:
    with pytest.raises(AppError) as caught:
        validate_digest(digest, "Legacy")
    assert (caught.value.code, caught.value.status) == ("password.invalid_legacy_password_format", 400)


@pytest.mark.parametrize(
    "digest",
    [
        legacy("pbkdf2", ["salt", 2_000_001, 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", 10**30, 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", "9" * 40, 20, "sha1", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", 2_000_000, 60, "sha1", "@"], "00" * 60),
        legacy("pbkdf2", ["salt", 1, 2**31, "sha1", "@"], PBKDF2_KEY),
        firebase(memory=20),
        firebase(memory=63),
        firebase(rounds=64),
        firebase(rounds=2**31),
        legacy("scrypt", ["salt", 2**18, 8, 1, 20, "@"], PBKDF2_KEY),
        legacy("scrypt", ["salt", 2**17, 8, 3, 20, "@"], PBKDF2_KEY),
        legacy("scrypt", ["salt", 2**40, 1, 1, 20, "@"], PBKDF2_KEY),
        legacy("scrypt", ["salt", 2, 1, 2**31, 20, "@"], PBKDF2_KEY),
    ],
)
def test_hostile_cost_is_refused_at_import_and_never_paid(digest: str) -> None:
    with pytest.raises(AppError) as caught:
        validate_digest(digest, "Legacy")
    assert caught.value.code == "password.invalid_legacy_password_format"
    assert not verify_password("password", digest, "Legacy")


@pytest.mark.parametrize(
    "digest",
    [
        legacy("rot13", ["@"], "00"),
        legacy("aes-256-gcm", ["@"], "00"),
        legacy("__class__", ["@"], "00"),
        legacy("sha256\0", ["@"], SHA256),
        legacy("hmac", ["rot13", "key", "@"], "00"),
        legacy("hmac", ["shake_128", "key", "@"], "00"),
        legacy("ldap", ["@"], "{CRYPT}aaaaaaaaaaaaa"),
        legacy("pbkdf2", ["salt", 1, 20, "rot13", "@"], PBKDF2_KEY),
        legacy("pbkdf2", ["salt", 1, 20, "shake_128", "@"], PBKDF2_KEY),
    ],
)
def test_unknown_hash_is_refused(digest: str) -> None:
    with pytest.raises(AppError) as caught:
        validate_digest(digest, "Legacy")
    assert (caught.value.code, caught.value.status) == ("password.unsupported_legacy_hash_algorithm", 400)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("@"),
    lambda children: st.lists(children, max_size=6),
    max_leaves=12,
)


@given(
    st.sampled_from(["pbkdf2", "firebase-scrypt", "scrypt", "hmac", "ldap", "bcrypt-sha256", "md4", "x"]),
    json_values,
    json_values,
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused_with_a_code(algorithm: str, arguments: object, expected: object) -> None:
    code = "password.accepted"
    try:
        validate_digest(json.dumps([algorithm, arguments, expected]), "Legacy")
    except AppError as error:
        code = error.code
    assert code.startswith("password.") or code == "entity.value_too_long"
