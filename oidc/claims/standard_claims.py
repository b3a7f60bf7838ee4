"""Claims in the form of OpenID Connect Core section 5.1, for applications whose profile asks for it. Pure.

The house's own form has null for what is not set, milliseconds, and an address as it is stored.
"""

from collections.abc import Mapping
from typing import Any

_ADDRESS_MEMBERS = {"streetAddress": "street_address", "postalCode": "postal_code"}
_MOMENTS = ("updated_at", "created_at")
# Whether a value is verified says nothing if there is none.
_VERIFIED = {"email_verified": "email", "phone_number_verified": "phone_number"}
_UNSET = (None, "")


def _address(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The members as section 5.1.1 names them."""
    return {_ADDRESS_MEMBERS.get(name, name): value for name, value in stored.items() if value not in _UNSET}


def in_standard_form(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims with the standard's names and units; one without a value is left out (section 5.3.2)."""
    found = dict(claims)
    for name in _MOMENTS:
        if found.get(name) is not None:
            found[name] //= 1000
    if isinstance(found.get("address"), Mapping):
        found["address"] = _address(found["address"]) or None
    for name, of_claim in _VERIFIED.items():
        if not found.get(of_claim):
            found.pop(name, None)
    return {name: value for name, value in found.items() if value not in _UNSET}
