"""What can be set of a service provider: shape, bounds and errors, in one place for the API and the console."""

from typing import Any
from urllib.parse import urlsplit

from common.errors import AppError
from common.saml.certificates import MAX_CERTIFICATE_CHARACTERS, parse_certificate
from common.saml.errors import SamlError
from common.saml.names import BINDING_POST, BINDING_REDIRECT
from common.shapes import Choice, Flag, Members, Text, validate
from common.web_addresses import is_web_address
from oidc.claims.scope_claims import CLAIMS
from saml.models import NameIdFormat

# The claims that can become attributes.
MAPPED_CLAIMS = ("sub", *(claim for claim in CLAIMS if claim != "sub"))

ATTRIBUTE_MAPPING = Members({claim: Text(max_length=256) for claim in MAPPED_CLAIMS})
_ENDPOINT = Members(
    {
        "binding": Choice(choices=(BINDING_POST, BINDING_REDIRECT), required=True),
        "url": Text(min_length=1, max_length=2048, required=True),
    }
)
_ENCRYPTION = Members(
    {
        "encryptAssertion": Flag(),
        "encryptThenSign": Flag(),
        "certificate": Text(max_length=MAX_CERTIFICATE_CHARACTERS),
    }
)
_ENTITY_ID = Text(max_length=128)
_NAME_ID_FORMAT = Choice(choices=tuple(NameIdFormat.values))
_CERTIFICATE = Text(max_length=MAX_CERTIFICATE_CHARACTERS)


def check_settings(given: dict[str, Any]) -> dict[str, Any]:
    """Return settings as they are stored, by the names of the columns.

    Raises `guard.invalid_input` and the codes `application.saml.acs_url_*`, `…certificate_required` and
    `…invalid_certificate_pem_format`.
    """
    return {name: _READERS[name](value) for name, value in given.items()}


def _attribute_mapping(value: Any) -> dict[str, str]:
    mapping: dict[str, str] = validate(ATTRIBUTE_MAPPING, value, path="attributeMapping")
    return {claim: name for claim, name in mapping.items() if name}


def _entity_id(value: Any) -> str | None:
    return None if value is None else validate(_ENTITY_ID, value, path="entityId") or None


def _acs_url(value: Any) -> dict[str, str] | None:
    endpoint = _endpoint(value, "acsUrl")
    if endpoint is not None and endpoint["binding"] != BINDING_POST:
        raise AppError("application.saml.acs_url_binding_not_supported")
    return endpoint


def _slo_url(value: Any) -> dict[str, str] | None:
    return _endpoint(value, "sloUrl")


def _endpoint(value: Any, path: str) -> dict[str, str] | None:
    if value is None:
        return None
    endpoint: dict[str, str] = validate(_ENDPOINT, value, path=path)
    try:
        scheme = urlsplit(endpoint["url"]).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https") or not is_web_address(endpoint["url"]):
        raise AppError("application.saml.acs_url_scheme_not_supported")
    return endpoint


def _encryption(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    encryption: dict[str, Any] = validate(_ENCRYPTION, value, path="encryption")
    if encryption.get("certificate"):
        encryption["certificate"] = _pem(encryption["certificate"])
    elif encryption.get("encryptAssertion"):
        raise AppError("application.saml.certificate_required")
    return encryption


def _signing_certificate(value: Any) -> str | None:
    return _pem(validate(_CERTIFICATE, value, path="signingCertificate")) if value else None


def _pem(text: str) -> str:
    try:
        return parse_certificate(text).pem
    except SamlError as error:
        raise AppError("application.saml.invalid_certificate_pem_format", details=error.detail) from error


def _name_id_format(value: Any) -> str:
    chosen: str = validate(_NAME_ID_FORMAT, value, path="nameIdFormat")
    return chosen


_READERS = {
    "attribute_mapping": _attribute_mapping,
    "entity_id": _entity_id,
    "acs_url": _acs_url,
    "encryption": _encryption,
    "name_id_format": _name_id_format,
    "signing_certificate": _signing_certificate,
    "slo_url": _slo_url,
}
