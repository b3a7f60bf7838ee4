"""Answers of an authenticator as they come from a browser: read by their bounds, before anything parses them.

The forms are `BindWebAuthn` and `VerifyWebAuthn` of the wire, JSON with binary values in base64url (Web Authentication
Level 3, section 5.1.8). The readers raise `ValueError`; those called `find_x` return `None` for what is not there.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import AuthenticatorTransport

from common.crypto import base64url

# Characters of base64url. A credential id has 1023 bytes at most (section 4), a user handle 64 (section 5.4.3); the
# others hold a few hundred bytes, an attestation a few certificates.
_MAX_ID = 1364
_MAX_USER_HANDLE = 86
_MAX_CLIENT_DATA = 8192
_MAX_ATTESTATION = 32_768
_MAX_AUTHENTICATOR_DATA = 4096
_MAX_SIGNATURE = 2048
_MAX_TRANSPORTS = 16

_FORM = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)


def attestation_of(payload: Any) -> dict[str, Any]:
    """Return the answer to a registration with nothing in it that is not needed."""
    response = _members(payload, "response")
    return {
        **_credential(payload),
        "response": {
            "clientDataJSON": _binary(response, "clientDataJSON", _MAX_CLIENT_DATA),
            "attestationObject": _binary(response, "attestationObject", _MAX_ATTESTATION),
            "transports": known_transports(response.get("transports")),
        },
    }


def assertion_of(payload: Any) -> dict[str, Any]:
    """Return the answer to an authentication with nothing in it that is not needed."""
    response = _members(payload, "response")
    return {
        **_credential(payload),
        "response": {
            "clientDataJSON": _binary(response, "clientDataJSON", _MAX_CLIENT_DATA),
            "authenticatorData": _binary(response, "authenticatorData", _MAX_AUTHENTICATOR_DATA),
            "signature": _binary(response, "signature", _MAX_SIGNATURE),
        },
    }


def client_data_of(payload: Any) -> dict[str, Any]:
    """Return what the browser says of the ceremony: its type, challenge and origin."""
    text = _binary(_members(payload, "response"), "clientDataJSON", _MAX_CLIENT_DATA)
    try:
        data = json.loads(base64url_to_bytes(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("the client data is not an object")
    return data


def challenge_of(payload: Any) -> bytes | None:
    """Return the challenge that an answer names: by it a ceremony without a record is found again."""
    try:
        return base64url_to_bytes(_binary(client_data_of(payload), "challenge", _MAX_CLIENT_DATA))
    except ValueError:
        return None


def credential_id_of(payload: Any) -> str | None:
    """Return the id of the credential that an answer is from, in base64url."""
    try:
        return str(_credential(payload)["id"])
    except ValueError:
        return None


def user_handle_of(payload: Any) -> bytes | None:
    """Return the id of the user that a discoverable credential was made for, if the answer names one."""
    try:
        return base64url_to_bytes(_binary(_members(payload, "response"), "userHandle", _MAX_USER_HANDLE))
    except ValueError:
        return None


def known_transports(names: Any) -> list[str]:
    """Return those of the names that are ways to reach an authenticator; the others are of no use to a browser."""
    given = names[:_MAX_TRANSPORTS] if isinstance(names, Sequence) else ()
    return [name for name in dict.fromkeys(name for name in given if isinstance(name, str)) if name in _TRANSPORTS]


def _members(value: Any, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, Mapping):
        raise ValueError(f"{name} is not an object")
    return found


def _binary(values: Mapping[str, Any], name: str, longest: int) -> str:
    value = values.get(name)
    if not isinstance(value, str) or len(value) > longest or not _FORM.fullmatch(value.rstrip("=")):
        raise ValueError(f"{name} is not base64url of an allowed length")
    return value


def _credential(payload: Any) -> dict[str, Any]:
    """The id in its one form: unpadded, with no stray bits at its end."""
    raw_id = _binary(payload if isinstance(payload, Mapping) else {}, "rawId", _MAX_ID)
    decoded = base64url_to_bytes(raw_id)
    return {"type": "public-key", "id": base64url(decoded), "rawId": base64url(decoded)}
