"""SAML applications and their certificates on the wire. Two members are ours: `signingCertificate` and `sloUrl`."""

from typing import Any

from rest_framework import serializers

from common.clock import to_milliseconds
from common.rest.fields import Choice, Flag, Integer, JsonObject, Text
from common.saml.certificates import MAX_CERTIFICATE_CHARACTERS, parse_certificate
from saml.models import NameIdFormat, SamlApplicationConfig, SamlApplicationSecret


class SamlApplicationCreation(serializers.Serializer[Any]):
    """The body that registers a SAML application; the room checks what is inside of the objects."""

    name = Text(min_length=1, max_length=256)
    description = Text(required=False, allow_null=True)
    customData = JsonObject(source="custom_data", required=False)
    attributeMapping = JsonObject(source="attribute_mapping", required=False)
    entityId = Text(source="entity_id", max_length=128, required=False, allow_null=True)
    acsUrl = JsonObject(source="acs_url", required=False, allow_null=True)
    encryption = JsonObject(required=False, allow_null=True)
    nameIdFormat = Choice(source="name_id_format", choices=NameIdFormat.choices, required=False)
    signingCertificate = Text(
        source="signing_certificate", max_length=MAX_CERTIFICATE_CHARACTERS, required=False, allow_null=True
    )
    sloUrl = JsonObject(source="slo_url", required=False, allow_null=True)


class SamlApplicationUpdate(SamlApplicationCreation):
    """The body that changes a SAML application."""

    appLevelAccessControlEnabled = Flag(source="app_level_access_control_enabled", required=False)


class CertificateCreation(serializers.Serializer[Any]):
    """The body that makes a certificate."""

    lifeSpanInYears = Integer(source="years", min_value=1)


class CertificateUpdate(serializers.Serializer[Any]):
    """The body that lets a certificate sign, or stops it."""

    active = Flag()


def saml_application_row(config: SamlApplicationConfig) -> dict[str, Any]:
    """Return a SAML application as it stands on the wire."""
    application = config.application
    return {
        "tenantId": application.tenant_id,
        "id": application.id,
        "name": application.name,
        "description": application.description,
        "type": application.type,
        "customData": application.custom_data,
        "isThirdParty": application.is_third_party,
        "appLevelAccessControlEnabled": application.app_level_access_control_enabled,
        "createdAt": to_milliseconds(application.created_at),
        "attributeMapping": config.attribute_mapping,
        "entityId": config.entity_id,
        "acsUrl": config.acs_url,
        "encryption": config.encryption,
        "nameIdFormat": config.name_id_format,
        "signingCertificate": config.signing_certificate,
        "sloUrl": config.slo_url,
    }


def certificate_row(secret: SamlApplicationSecret) -> dict[str, Any]:
    """Return a certificate; its key never leaves."""
    fingerprint = parse_certificate(secret.certificate).fingerprint
    pairs = [fingerprint[place : place + 2].upper() for place in range(0, len(fingerprint), 2)]
    return {
        "id": secret.id,
        "certificate": secret.certificate,
        "createdAt": to_milliseconds(secret.created_at),
        "expiresAt": to_milliseconds(secret.expires_at),
        "active": secret.active,
        "fingerprints": {"sha256": {"formatted": ":".join(pairs), "unformatted": fingerprint}},
    }
