"""Imported password digests against published vectors, and hostile ones."""

import hashlib

import pytest

from common.errors import AppError
from identity.passwords import validate_digest, verify_password

ARGON2ID = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
ARGON2ID_TWO_LANES = "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
ARGON2ID_LARGE = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
ARGON2I = "$argon2i$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$sDV8zPvvkfOGCw26RHsjSMvv7K2vmQq/6cxAcmxSEnE"
ARGON2I_OLD_VERSION = "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ"

BCRYPT = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
BCRYPT_72 = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
SEVENTY_TWO = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.mark.parametrize(
    ("digest", "method"),
    [
        (ARGON2ID, "Argon2id"),
        (ARGON2ID_TWO_LANES, "Argon2id"),
        (ARGON2ID_LARGE, "Argon2id"),
        (ARGON2I, "Argon2i"),
        (ARGON2I_OLD_VERSION, "Argon2i"),
        # The digest names its own variant; the declared one need not repeat it.
        (ARGON2ID, "Argon2i"),
    ],
)
def test_reference_argon2_vectors(digest: str, method: str) -> None:
    validate_digest(digest, method)
    assert verify_password("password", digest, method)
    assert not verify_password("passwore", digest, method)


def test_argon2d() -> None:
    from argon2.low_level import Type, hash_secret

    digest = hash_secret(b"alice", b"saltsalt", 1, 64, 1, 32, Type.D).decode()
    assert digest.startswith("$argon2d$")
    validate_digest(digest, "Argon2d")
    assert verify_password("alice", digest, "Argon2d")
    assert not verify_password("bob", digest, "Argon2d")


@pytest.mark.parametrize(
    ("password", "digest"),
    [
        ("U*U", BCRYPT),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("U*U", BCRYPT.replace("$2a$", "$2b$")),
        ("U*U", BCRYPT.replace("$2a$", "$2y$")),
        (SEVENTY_TWO, BCRYPT_72),
        (SEVENTY_TWO + "chars after 72 are ignored", BCRYPT_72),
    ],
)
def test_openwall_bcrypt_vectors(password: str, digest: str) -> None:
    validate_digest(digest, "Bcrypt")
    assert verify_password(password, digest, "Bcrypt")
    assert not verify_password("x" + password, digest, "Bcrypt")


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        ("MD5", "5f4dcc3b5aa765d61d8327deb882cf99"),
        ("SHA1", "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"),
        ("SHA256", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"),
    ],
)
def test_plain_digests_of_the_word_password(method: str, digest: str) -> None:
    validate_digest(digest, method)
    assert verify_password("password", digest, method)
    assert verify_password("password", digest.upper(), method)
    assert not verify_password("Password", digest, method)


@pytest.mark.parametrize(
    ("digest", "method"),
    [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "ROT13"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "md5"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", ""),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "SHA1"),
        ("5f4dcc3b5aa765d61d8327deb882cf9g", "MD5"),
        ("5f4dcc3b5aa765d61d8327deb882cf9\n", "MD5"),
        ("٣" * 32, "MD5"),
        ("", "MD5"),
        ("", "Bcrypt"),
        (BCRYPT[:-1], "Bcrypt"),
        (BCRYPT + "\n", "Bcrypt"),
        (BCRYPT.replace("$2a$", "$2x$"), "Bcrypt"),
        (BCRYPT.replace("$05$", "$03$"), "Bcrypt"),
        ("password", "Argon2id"),
        (ARGON2ID + "\n", "Argon2id"),
        (ARGON2ID.replace("argon2id", "argon2x"), "Argon2id"),
        ("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$", "Argon2id"),
        ("$argon2id$v=19$m=256,t=2,p=1$$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "Argon2id"),
        ("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65", "Argon2id"),
        ("$argon2id$v=42$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "Argon2id"),
    ],
)
def test_digest_that_is_not_of_its_method_is_refused(digest: str, method: str) -> None:
    with pytest.raises(AppError) as caught:
        validate_digest(digest, method)
    assert (caught.value.code, caught.value.status) == ("password.unsupported_encryption_method", 400)


@pytest.mark.parametrize(
    ("digest", "method"),
    [
        (BCRYPT.replace("$05$", "$16$"), "Bcrypt"),
        (BCRYPT.replace("$05$", "$31$"), "Bcrypt"),
        (ARGON2ID.replace("m=256", "m=4194304"), "Argon2id"),
        (ARGON2ID.replace("m=256", "m=4294967295"), "Argon2id"),
        (ARGON2ID.replace("m=256", "m=262144").replace("t=2", "t=5"), "Argon2id"),
        (ARGON2ID.replace("t=2", "t=4294967295"), "Argon2id"),
        (ARGON2ID.replace("p=1", "p=255").replace("m=256", "m=65536"), "Argon2id"),
    ],
)
def test_hostile_cost_is_refused_at_import_and_never_paid(digest: str, method: str) -> None:
    with pytest.raises(AppError) as caught:
        validate_digest(digest, method)
    assert caught.value.code == "password.unsupported_encryption_method"
    assert not verify_password("password", digest, method)


def test_digest_over_the_column_is_refused() -> None:
    with pytest.raises(AppError) as caught:
        validate_digest('["sha512", ["' + "s" * 200 + f'", "@"], "{hashlib.sha512(b"").hexdigest()}"]', "Legacy")
    assert (caught.value.code, caught.value.status) == ("entity.value_too_long", 422)
