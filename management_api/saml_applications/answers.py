"""Answers about SAML applications."""

from typing import TypedDict

from management_api.answers import JsonObject, Milliseconds


class SamlApplication(TypedDict):
    """A SAML application; `signingCertificate` and `sloUrl` are about the service provider."""

    tenantId: str
    id: str
    name: str
    description: str | None
    type: str
    customData: JsonObject
    isThirdParty: bool
    appLevelAccessControlEnabled: bool
    createdAt: Milliseconds
    attributeMapping: JsonObject
    entityId: str | None
    acsUrl: JsonObject | None
    encryption: JsonObject | None
    nameIdFormat: str
    signingCertificate: str | None
    sloUrl: JsonObject | None
