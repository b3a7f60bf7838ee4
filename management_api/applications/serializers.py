"""Applications, their secrets and their organizations on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from applications.models import Application, ApplicationSecret
from applications.models.application import BUILT_IN_IDS, ApplicationType
from applications.selectors import secret_value
from common.clock import to_milliseconds
from common.rest.fields import Choice, Flag, JsonObject, Moment, Text


class _ApplicationInput(serializers.Serializer[Any]):
    name = Text(min_length=1, max_length=256)
    description = Text(required=False, allow_null=True)
    oidcClientMetadata = JsonObject(source="oidc_client_metadata", required=False)
    customClientMetadata = JsonObject(source="custom_client_metadata", required=False)
    customData = JsonObject(source="custom_data", required=False)


class ApplicationCreation(_ApplicationInput):
    """The body that registers an application."""

    type = Choice(choices=ApplicationType.choices)
    isThirdParty = Flag(source="is_third_party", required=False)
    protectedAppMetadata = JsonObject(source="protected_app_metadata", required=False)


class ApplicationUpdate(_ApplicationInput):
    """The body that changes an application."""

    protectedAppMetadata = JsonObject(source="protected_app_metadata", required=False, allow_null=True)
    appLevelAccessControlEnabled = Flag(source="app_level_access_control_enabled", required=False)
    isAdmin = Flag(source="is_admin", required=False)


class ApplicationQuery(serializers.Serializer[Any]):
    """The filters of the list of applications."""

    types = serializers.ListField(child=Choice(choices=ApplicationType.choices), required=False)
    excludeRoleId = Text(source="exclude_role_id", required=False)
    excludeOrganizationId = Text(source="exclude_organization_id", required=False)
    isThirdParty = Choice(source="is_third_party", choices=["true", "false"], required=False)


class SecretCreation(serializers.Serializer[Any]):
    """The body that adds a secret."""

    name = Text(min_length=1, max_length=256)
    expiresAt = Moment(source="expires_at", required=False, allow_null=True)


class SecretUpdate(serializers.Serializer[Any]):
    """The body that renames a secret."""

    name = Text(min_length=1, max_length=256)


def application_row(application: Application) -> dict[str, Any]:
    """Return an application as it stands on the wire; its secrets have an address of their own.

    A built-in one says in their place that it has none.
    """
    return {
        "tenantId": application.tenant_id,
        "id": application.id,
        "name": application.name,
        "description": application.description,
        "type": application.type,
        "oidcClientMetadata": application.oidc_client_metadata,
        "customClientMetadata": application.custom_client_metadata,
        "protectedAppMetadata": application.protected_app_metadata,
        "customData": application.custom_data,
        "isThirdParty": application.is_third_party,
        "appLevelAccessControlEnabled": application.app_level_access_control_enabled,
        "createdAt": to_milliseconds(application.created_at),
        **({"secret": "N/A"} if application.id in BUILT_IN_IDS else {}),
    }


def application_rows(applications: Iterable[Application]) -> list[dict[str, Any]]:
    """Return a page of applications."""
    return [application_row(application) for application in applications]


def secret_row(secret: ApplicationSecret) -> dict[str, Any]:
    """Return a secret with its value."""
    return {
        "tenantId": secret.tenant_id,
        "applicationId": secret.application_id,
        "name": secret.name,
        "value": secret_value(secret),
        "createdAt": to_milliseconds(secret.created_at),
        "expiresAt": to_milliseconds(secret.expires_at),
    }
