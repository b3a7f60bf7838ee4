"""What a provider says of a user, as a `ProviderUser`: an email address or phone number only if it is verified."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from connectors.provider_sign_in import ProviderUser


def text(value: Any) -> str | None:
    """Return a value that is a text with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def identifier(value: Any) -> str:
    """Return a user's id, a text or a whole number; raises `connector.invalid_response` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise AppError("connector.invalid_response")


def digits(phone: Any) -> str | None:
    """Return the digits of a phone number in international form: `+1 202-555-0100`."""
    if not isinstance(phone, str) or not phone.strip().startswith("+"):
        return None
    return "".join(sign for sign in phone if sign.isascii() and sign.isdigit()) or None


def user_from_claims(
    claims: Mapping[str, Any], *, trusts_email: bool = False, accepts_text_flags: bool = False
) -> ProviderUser:
    """Return the user of standard claims (OpenID Connect Core section 5.1).

    An address that is not verified counts if the connector `trusts_email`; `accepts_text_flags` takes `"true"` for
    `true`, as some providers write it.
    """

    def is_true(name: str) -> bool:
        value = claims.get(name)
        return value is True or (accepts_text_flags and value == "true")

    return ProviderUser(
        id=identifier(claims.get("sub")),
        email=text(claims.get("email")) if trusts_email or is_true("email_verified") else None,
        phone=digits(claims.get("phone_number")) if is_true("phone_number_verified") else None,
        name=text(claims.get("name")),
        avatar=text(claims.get("picture")),
        raw_data=dict(claims),
    )
