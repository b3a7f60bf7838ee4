"""Consent configurations, consented organizations and presentations of applications on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from applications.models import ApplicationSignInExperience
from applications.services.consent_configuration import USER_SCOPES, ScopeType
from common.rest.fields import Choice, JsonObject, Text, Texts, WebAddressField
from management_api.organizations.serializers import ORGANIZATION
from oidc.consent.selectors import ConsentConfiguration, ResourceScopes
from organizations.models import Organization

_IDS: dict[str, Any] = {"required": False, "item": {"min_length": 1, "max_length": 21}}
_LINK: dict[str, Any] = {"allow_blank": True, "allow_null": True, "required": False}


class UserConsentScopesInput(serializers.Serializer[Any]):
    """The body that lets an application ask for more."""

    organizationScopes = Texts(source="organization_scope_ids", **_IDS)
    resourceScopes = Texts(source="resource_scope_ids", **_IDS)
    organizationResourceScopes = Texts(source="organization_resource_scope_ids", **_IDS)
    userScopes = serializers.ListField(source="user_scopes", child=Choice(choices=USER_SCOPES), required=False)


class ScopeTypeInput(serializers.Serializer[Any]):
    """Which list of a configuration an address is about."""

    scopeType = Choice(choices=[str(scope_type) for scope_type in ScopeType])


class OrganizationIds(serializers.Serializer[Any]):
    """The body that names organizations, perhaps none."""

    organizationIds = Texts(source="organization_ids", item={"min_length": 1})


class SomeOrganizationIds(serializers.Serializer[Any]):
    """The body that names at least one organization."""

    organizationIds = Texts(source="organization_ids", min_length=1, item={"min_length": 1})


class PresentationInput(serializers.Serializer[Any]):
    """The body that says how an application presents itself."""

    color = JsonObject(required=False)
    branding = JsonObject(required=False)
    customCss = Text(source="custom_css", required=False, allow_null=True)
    displayName = Text(source="display_name", required=False, allow_null=True, max_length=256)
    termsOfUseUrl = WebAddressField(source="terms_of_use_url", **_LINK)
    privacyPolicyUrl = WebAddressField(source="privacy_policy_url", **_LINK)


def _resource_rows(resources: Iterable[ResourceScopes]) -> list[dict[str, Any]]:
    return [
        {
            "resource": {"id": found.id, "name": found.name, "indicator": found.indicator},
            "scopes": [scope._asdict() for scope in found.scopes],
        }
        for found in resources
    ]


def configuration_row(configuration: ConsentConfiguration) -> dict[str, Any]:
    """Return a consent configuration."""
    return {
        "organizationScopes": [
            {"id": scope.id, "name": scope.name, "description": scope.description}
            for scope in configuration.organization_scopes
        ],
        "resourceScopes": _resource_rows(configuration.resource_scopes),
        "organizationResourceScopes": _resource_rows(configuration.organization_resource_scopes),
        "userScopes": configuration.user_scopes,
    }


def consented_organization_rows(organizations: Iterable[Organization]) -> dict[str, Any]:
    """Return a page of consented organizations."""
    return {"organizations": ORGANIZATION.each(organizations)}


def presentation_row(presentation: ApplicationSignInExperience) -> dict[str, Any]:
    """Return how an application presents itself."""
    return {
        "tenantId": presentation.tenant_id,
        "applicationId": presentation.application_id,
        "color": presentation.color,
        "branding": presentation.branding,
        "customCss": presentation.custom_css,
        "termsOfUseUrl": presentation.terms_of_use_url,
        "privacyPolicyUrl": presentation.privacy_policy_url,
        "displayName": presentation.display_name,
    }
