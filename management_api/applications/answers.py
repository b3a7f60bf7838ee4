"""Answers about applications."""

from typing import Any, Literal, NotRequired, TypedDict

from management_api.answers import JsonObject, Milliseconds, Reference
from management_api.organizations.serializers import ORGANIZATION

ApplicationKind = Literal["Native", "SPA", "Traditional", "MachineToMachine", "Protected", "SAML"]


class Application(TypedDict):
    """An application; its secrets have an address of their own."""

    tenantId: str
    id: str
    name: str
    description: str | None
    type: ApplicationKind
    oidcClientMetadata: JsonObject
    customClientMetadata: JsonObject
    protectedAppMetadata: JsonObject | None
    customData: JsonObject
    isThirdParty: bool
    appLevelAccessControlEnabled: bool
    createdAt: Milliseconds
    secret: NotRequired[Literal["N/A"]]


class ApplicationWithRole(Application):
    """An application, and whether it may use the Management API."""

    isAdmin: bool


class ApplicationSecret(TypedDict):
    """A secret with its value."""

    tenantId: str
    applicationId: str
    name: str
    value: str
    createdAt: Milliseconds
    expiresAt: Milliseconds | None


class OrganizationRoleRule(TypedDict):
    """Roles that admit within one organization."""

    organizationId: str
    organizationRoleIds: list[str]


class AccessRules(TypedDict):
    """Whom an application admits."""

    userIds: list[str]
    userRoleIds: list[str]
    organizationIds: list[str]
    organizationRoleRules: list[OrganizationRoleRule]


class DescribedScope(Reference):
    """A permission."""

    description: str | None


class ResourceReference(Reference):
    """An API resource."""

    indicator: str


class ResourceScopes(TypedDict):
    """Permissions of one API resource."""

    resource: ResourceReference
    scopes: list[DescribedScope]


class ConsentScopes(TypedDict):
    """What an application may ask users for."""

    organizationScopes: list[DescribedScope]
    resourceScopes: list[ResourceScopes]
    organizationResourceScopes: list[ResourceScopes]
    userScopes: list[str]


CONSENTED_ORGANIZATIONS: dict[str, Any] = {"organizations": [ORGANIZATION]}


class ApplicationPresentation(TypedDict):
    """How an application presents itself."""

    tenantId: str
    applicationId: str
    color: JsonObject
    branding: JsonObject
    customCss: str | None
    termsOfUseUrl: str | None
    privacyPolicyUrl: str | None
    displayName: str | None
