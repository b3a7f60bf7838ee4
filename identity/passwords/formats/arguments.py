"""Reading the arguments of a legacy recipe."""

import base64
import binascii
import re

from common.errors import AppError

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")


def read_int(value: str | int, lowest: int, highest: int) -> int:
    """Read a number or its decimal digits. Raises `password.invalid_legacy_password_format`."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= 10):
            raise AppError("password.invalid_legacy_password_format")
        value = int(value)
    if not lowest <= value <= highest:
        raise AppError("password.invalid_legacy_password_format")
    return value


def read_hex(value: str) -> bytes:
    """Read pairs of hexadecimal digits. Raises `password.invalid_legacy_password_format`."""
    if not _HEX.fullmatch(value):
        raise AppError("password.invalid_legacy_password_format")
    return bytes.fromhex(value)


def read_salt(value: str) -> bytes:
    """Read a salt or a key: a text, or after `hex:` its bytes. Raises `password.invalid_legacy_password_format`."""
    encoded = value.removeprefix("hex:")
    return read_hex(encoded) if encoded != value else value.encode("utf-8", "surrogatepass")


def read_base64(value: str | int) -> bytes:
    """Read base64 of either alphabet, padded or not. Raises `password.invalid_legacy_password_format`."""
    text = str(value).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise AppError("password.invalid_legacy_password_format") from None
