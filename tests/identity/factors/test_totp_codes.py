"""Time-based one-time passwords: RFC 6238's own vectors, the tolerance of a step, and the QR code a phone reads."""

import base64
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from identity.factors.totp.codes import find_step, new_secret, provisioning_uri, qr_code_png, read_secret
from tests.racing import outcome

# The seed of RFC 6238, appendix B: "12345678901234567890".
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# Seconds since the epoch, and the last six digits of the code that the RFC gives for them.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert find_step(SECRET, code, moment=at(seconds)) == seconds // 30


@pytest.mark.parametrize(("shift", "found"), [(-60, False), (-59, True), (0, True), (30, True), (31, False)])
def test_a_code_counts_one_step_before_and_after_its_own(shift: int, found: bool) -> None:
    """Second 2000000009 is the last of its step."""
    moment = at(2000000009) + timedelta(seconds=shift)
    assert (find_step(SECRET, "279037", moment=moment) is not None) is found


@pytest.mark.parametrize("code", ["287 082", " 287082 ", "287082\n"])
def test_white_space_is_no_part_of_a_code(code: str) -> None:
    assert find_step(SECRET, code, moment=at(59)) == 1


@given(st.text(max_size=40) | st.just("1" * 10_000) | st.just("\ud800") | st.just("２８７０８２"))
def test_whatever_is_no_code_matches_nothing(code: str) -> None:
    """Digits of other scripts are none, either: nobody's app shows them."""
    if "".join(code.split()) != "287082":
        assert find_step(SECRET, code, moment=at(59)) in (None, 0, 1, 2)
    assert find_step(SECRET, code + "x", moment=at(59)) is None


def test_a_new_secret_has_160_bits_and_is_a_secret() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {(len(secret), len(read_secret(secret))) for secret in secrets} == {(32, 20)}


@pytest.mark.parametrize("secret", ["A" * 16, "A" * 24, "A" * 26, "A" * 32])
def test_secrets_of_other_systems_are_taken(secret: str) -> None:
    assert len(read_secret(secret)) == len(secret) * 5 // 8


@pytest.mark.parametrize(
    "secret", ["", "A" * 15, "A" * 33, "A" * 17, "a" * 16, "0" * 16, "A" * 15 + "=", "A" * 15 + "\n", "Ａ" * 16]
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    assert outcome(lambda: read_secret(secret)) == "user.totp_secret_invalid"


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    assert outcome(lambda: read_secret(text)) in ("ok", "user.totp_secret_invalid")


def test_a_phone_reads_the_qr_code() -> None:
    """The image decodes to the address, and the address holds the secret, the account and the issuer."""
    uri = provisioning_uri(SECRET, account="Älice & Co <a@example.com>", issuer="id.example.com")
    kind, content = qr_code_png(uri).split(",")
    assert kind == "data:image/png;base64"
    read = zxingcpp.read_barcode(Image.open(io.BytesIO(base64.b64decode(content))))
    assert read is not None
    parts = urlsplit(read.text)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/id.example.com:Älice & Co <a@example.com>"
    assert parse_qs(parts.query) == {
        "secret": [SECRET],
        "issuer": ["id.example.com"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_the_longest_name_fits_into_a_qr_code() -> None:
    uri = provisioning_uri(SECRET, account="語" * 1000, issuer="a" * 253)
    assert qr_code_png(uri).startswith("data:image/png;base64,")
