"""Configuration of a SAML identity provider whose accounts users sign in with."""

from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Flag, Text
from common.saml.bindings import RSA_SHA256, RSA_SHA512
from common.saml.certificates import MAX_CERTIFICATE_CHARACTERS, parse_certificate
from common.saml.errors import SamlError
from common.saml.metadata_reading import MAX_ENTITY_ID_CHARACTERS, parse_idp_metadata
from connectors.kinds.configs import Config, RsaKeyField
from connectors.kinds.oauth2.config import PlaceField
from connectors.kinds.oauth_configs import EndpointField

# The contract has the names of XML Signature; the short ones are those of enterprise connectors.
ALGORITHMS: Final = {RSA_SHA256: RSA_SHA256, RSA_SHA512: RSA_SHA512, "rsa-sha256": RSA_SHA256, "rsa-sha512": RSA_SHA512}
NAME_ID_FORMATS: Final = tuple(
    f"urn:oasis:names:tc:SAML:{format}"
    for format in (
        "2.0:nameid-format:persistent",
        "1.1:nameid-format:emailAddress",
        "1.1:nameid-format:unspecified",
    )
)
_MAX_METADATA_CHARACTERS: Final = 200_000


class AttributeMap(Config):
    """Which attribute has what; no phone number, because nothing says that one is verified."""

    id = PlaceField()
    email = PlaceField()
    name = PlaceField()
    avatar = PlaceField()


class SamlConfig(Config):
    """The identity provider by its metadata, and how we are known there.

    `signInEndpoint` and `x509Certificate` complete metadata that lacks them. `assertionConsumerServiceUrl` is for an
    installation that is reached by another address than the sign-in page's.
    """

    entityID = Text(min_length=1, max_length=MAX_ENTITY_ID_CHARACTERS, trim_whitespace=True)
    idpMetadataXml = Text(min_length=1, max_length=_MAX_METADATA_CHARACTERS)
    signInEndpoint = EndpointField(required=False)
    x509Certificate = Text(required=False, min_length=1, max_length=MAX_CERTIFICATE_CHARACTERS)
    assertionConsumerServiceUrl = EndpointField(required=False)
    signAuthnRequest = Flag(required=False)
    requestSignatureAlgorithm = Choice(choices=list(ALGORITHMS), required=False)
    privateKey = RsaKeyField(required=False)
    encryptAssertion = Flag(required=False)
    encPrivateKey = RsaKeyField(required=False)
    nameIDFormat = Choice(choices=NAME_ID_FORMATS, required=False)
    profileMap = AttributeMap(required=False)
    trustUnverifiedEmail = Flag(required=False)

    def validate_x509Certificate(self, value: str) -> str:
        try:
            parse_certificate(value)
        except SamlError as error:
            raise serializers.ValidationError(_("This is not a certificate.")) from error
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            found = parse_idp_metadata(attrs["idpMetadataXml"].encode())
        except SamlError as error:
            refusal = _("This is not metadata of an identity provider.")
            raise serializers.ValidationError({"idpMetadataXml": [refusal]}) from error
        needed = {
            "signInEndpoint": found.sso_redirect_url is None,
            "x509Certificate": not found.certificates,
            "privateKey": attrs.get("signAuthnRequest", False),
            "encPrivateKey": attrs.get("encryptAssertion", False),
        }
        if missing := [name for name, is_needed in needed.items() if is_needed and name not in attrs]:
            raise serializers.ValidationError({name: [_("This field is required.")] for name in missing})
        return attrs
