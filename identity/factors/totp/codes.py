"""Time-based one-time passwords (TOTP, RFC 6238) and what an authenticator app scans. Free of models and requests."""

import base64
import binascii
import io
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

import segno
from django_otp.oath import TOTP

from common.clock import to_seconds
from common.crypto import equal
from common.errors import AppError

# Every authenticator app knows these: SHA-1, six digits, thirty seconds (RFC 6238 section 4).
_DIGITS = 6
_STEP_SECONDS = 30
# Steps before and after the current one that still count: clocks differ and people type slowly.
_TOLERANCE = 1
_SECRET_BYTES = 20
# Base32 without padding (RFC 4648 section 6): 16 characters are 80 bits, 32 are 160.
_SECRET_FORM = re.compile(r"[A-Z2-7]{16,32}", re.ASCII)
_CODE_FORM = re.compile(rf"[0-9]{{{_DIGITS}}}", re.ASCII)
_MAX_NAME = 128


def new_secret() -> str:
    """Return a new secret: 160 bits as 32 base32 characters."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def read_secret(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises `user.totp_secret_invalid`."""
    if not _SECRET_FORM.fullmatch(secret):
        raise AppError("user.totp_secret_invalid")
    try:
        return base64.b32decode(secret + "=" * (-len(secret) % 8))
    except binascii.Error:
        # So many characters stand for no whole number of bytes.
        raise AppError("user.totp_secret_invalid") from None


def find_step(secret: str, code: str, *, moment: datetime) -> int | None:
    """Return the time step whose code this is, `None` if it is none of the current step and its neighbors.

    Every candidate is compared, each in constant time. White space within the code is ignored: apps show it in two
    groups.
    """
    typed = "".join(code.split()) if len(code) <= 2 * _DIGITS else ""
    if not _CODE_FORM.fullmatch(typed):
        return None
    clock = TOTP(read_secret(secret), step=_STEP_SECONDS, digits=_DIGITS)
    clock.time = to_seconds(moment)
    found = None
    for clock.drift in range(-_TOLERANCE, _TOLERANCE + 1):
        if equal(str(clock.token()).zfill(_DIGITS), typed):
            found = clock.t()
    return found


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return the `otpauth` address by which an authenticator app takes a secret over."""
    label = f"{issuer}:{account[:_MAX_NAME]}"
    parameters = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": _DIGITS, "period": _STEP_SECONDS}
    return f"otpauth://totp/{quote(label, safe='')}?{urlencode(parameters, quote_via=quote)}"


def qr_code_png(uri: str) -> str:
    """Return a QR code of an address as a `data:` URL of a PNG image, black on white in either color scheme."""
    image = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(image, kind="png", scale=5, border=4)
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"
