"""Configuration of the providers that speak SAML, and how the console asks for it."""

from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Flag, Text
from common.saml.certificates import MAX_CERTIFICATE_CHARACTERS, parse_certificate
from common.saml.errors import SamlError
from common.saml.metadata_reading import MAX_ENTITY_ID_CHARACTERS, parse_idp_metadata
from connectors.factories import FormItem
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import EndpointField

#: The name under which an attribute mapping finds the subject's NameID.
NAME_ID: Final = "nameID"
DEFAULT_MAPPING: Final = {"id": NAME_ID, "email": "email", "name": "name"}
SIGNATURE_ALGORITHMS: Final = ("rsa-sha256", "rsa-sha512")
# Sealed with every change of the connector, and read at every sign-in; an address takes larger ones.
MAX_METADATA_CHARACTERS: Final = 200_000

_SOURCES: Final = (("metadataUrl",), ("metadata",), ("entityId", "signInEndpoint", "x509Certificate"))
_MANUAL: Final = _SOURCES[2]


class AttributeMapping(Config):
    """Which attribute of an assertion each field of a user is taken from."""

    id = Text(required=False, min_length=1, max_length=256)
    email = Text(required=False, min_length=1, max_length=256)
    name = Text(required=False, min_length=1, max_length=256)


class SamlConfig(Config):
    """The identity provider, by its metadata's address, by its metadata, or by hand."""

    metadataUrl = EndpointField(required=False)
    metadata = Text(required=False, min_length=1, max_length=MAX_METADATA_CHARACTERS)
    entityId = Text(required=False, min_length=1, max_length=MAX_ENTITY_ID_CHARACTERS, trim_whitespace=True)
    signInEndpoint = EndpointField(required=False)
    x509Certificate = Text(required=False, min_length=1, max_length=MAX_CERTIFICATE_CHARACTERS)
    attributeMapping = AttributeMapping(required=False)
    signAuthnRequest = Flag(required=False)
    requestSignatureAlgorithm = Choice(choices=SIGNATURE_ALGORITHMS, required=False)

    def validate_metadata(self, value: str) -> str:
        try:
            parse_idp_metadata(value.encode())
        except SamlError as error:
            raise serializers.ValidationError(_("This is not metadata of an identity provider.")) from error
        return value

    def validate_x509Certificate(self, value: str) -> str:
        try:
            parse_certificate(value)
        except SamlError as error:
            raise serializers.ValidationError(_("This is not a certificate.")) from error
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        found = [source for source in _SOURCES if any(key in attrs for key in source)]
        if len(found) != 1:
            raise serializers.ValidationError(
                _("Give the metadata's address, the metadata, or entity ID, sign-in endpoint and certificate.")
            )
        if missing := [key for key in found[0] if key not in attrs]:
            refusal = [serializers.ErrorDetail(_("This field is required."), code="required")]
            raise serializers.ValidationError(dict.fromkeys(missing, refusal))
        return attrs


FORM_ITEMS: Final = (
    FormItem(
        "metadataUrl",
        "Metadata address",
        placeholder="https://id.example.com/metadata",
        description="Read again every hour, so that new certificates are known in time.",
    ),
    FormItem("metadata", "Metadata (XML)", type="MultilineText"),
    FormItem("entityId", "Entity ID of the identity provider", placeholder="https://id.example.com/saml"),
    FormItem("signInEndpoint", "Sign-in endpoint", placeholder="https://id.example.com/saml/sso"),
    FormItem("x509Certificate", "Signing certificate", type="MultilineText"),
    FormItem(
        "attributeMapping",
        "Attributes",
        type="Json",
        parts=(
            FormItem("id", "User ID", placeholder=NAME_ID),
            FormItem("email", "Email", placeholder="email"),
            FormItem("name", "Name", placeholder="name"),
        ),
    ),
    FormItem("signAuthnRequest", "Sign requests", type="Switch", default=False, is_advanced=True),
    FormItem(
        "requestSignatureAlgorithm",
        "Signature algorithm",
        type="Select",
        choices=tuple((name, name) for name in SIGNATURE_ALGORITHMS),
        default=SIGNATURE_ALGORITHMS[0],
        shown_if={"signAuthnRequest": True},
        is_advanced=True,
    ),
)
