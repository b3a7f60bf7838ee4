"""What an assertion says of a user, as a `ProviderUser`."""

from collections.abc import Mapping
from typing import Any, Final

from common.errors import AppError
from common.saml.responses import Assertion
from connectors.enterprise.saml.config import DEFAULT_MAPPING, NAME_ID
from connectors.provider_sign_in import ProviderUser

_TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_EMAIL_FORMAT: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

# What Entra, ADFS, Okta, Shibboleth and others call it, while the developer has not said.
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "email",
        "mail",
        "Email",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "urn:oid:0.9.2342.19200300.100.1.3",
    ),
    "name": (
        "name",
        "displayName",
        "http://schemas.microsoft.com/identity/claims/displayname",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "urn:oid:2.16.840.1.113730.3.1.241",
    ),
}


def user_of_assertion(assertion: Assertion, mapping: Mapping[str, str]) -> ProviderUser:
    """Return the user of an assertion, whom the enterprise vouches for whole: its address counts as verified.

    Raises `connector.invalid_response` if there is no id, or one that is another at each sign-in.
    """
    id_attribute = mapping.get("id", DEFAULT_MAPPING["id"])
    if id_attribute == NAME_ID and assertion.name_id_format == _TRANSIENT:
        raise AppError("connector.invalid_response", data={"reason": "transient_name_id"})
    identity = _value(assertion, id_attribute)
    if identity is None:
        raise AppError("connector.invalid_response", data={"reason": "id"})
    email = _mapped(assertion, mapping, "email")
    if email is None and "email" not in mapping and assertion.name_id_format == _EMAIL_FORMAT:
        email = assertion.name_id
    return ProviderUser(
        id=identity, email=email, name=_mapped(assertion, mapping, "name"), raw_data=_raw_data(assertion)
    ).bounded()


def _mapped(assertion: Assertion, mapping: Mapping[str, str], field: str) -> str | None:
    names = (mapping[field],) if field in mapping else _USUAL[field]
    return next((value for name in names if (value := _value(assertion, name))), None)


def _value(assertion: Assertion, name: str) -> str | None:
    if name == NAME_ID:
        return assertion.name_id
    return next((value for value in assertion.attributes.get(name, ()) if value), None)


def _raw_data(assertion: Assertion) -> dict[str, Any]:
    single = {name: values[0] if len(values) == 1 else list(values) for name, values in assertion.attributes.items()}
    known = {NAME_ID: assertion.name_id, "nameIDFormat": assertion.name_id_format}
    return single | {name: value for name, value in known.items() if value}
