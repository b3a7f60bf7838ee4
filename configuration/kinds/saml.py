"""The service provider of a SAML application, as a file has it. Certificates of ours are keys, and not among it."""

from collections.abc import Mapping
from typing import Any

from common.shapes import Text
from configuration.kinds.base import Form
from configuration.kinds.shapes import JSON, closed, form_shape
from saml.models import SamlApplicationConfig
from saml.settings import ATTRIBUTE_MAPPING

_COLUMNS = {
    "entityId": "entity_id",
    "acsUrl": "acs_url",
    "sloUrl": "slo_url",
    "nameIdFormat": "name_id_format",
    "attributeMapping": "attribute_mapping",
    "encryption": "encryption",
    "signingCertificate": "signing_certificate",
}
_OPTIONAL_JSON = type(JSON)(nullable=True)
# The service reads the values; here their names and that they are texts or objects.
SERVICE_PROVIDER = form_shape(
    {
        "entityId": Text(nullable=True),
        "acsUrl": _OPTIONAL_JSON,
        "sloUrl": _OPTIONAL_JSON,
        "nameIdFormat": Text(),
        "attributeMapping": closed(ATTRIBUTE_MAPPING),
        "encryption": _OPTIONAL_JSON,
        "signingCertificate": Text(nullable=True),
    }
)


def read_service_providers() -> Mapping[str, Form]:
    """Return the service providers by application. One statement."""
    return {
        row.application_id: {name: getattr(row, column) for name, column in _COLUMNS.items()}
        for row in SamlApplicationConfig.objects.all()
    }


def service_provider_columns(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service takes."""
    return {_COLUMNS[name]: value for name, value in form.items()}
