"""Organizations, their members, applications and rules for joining on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from applications.models import OrganizationApplication
from common.rest.fields import Flag, JsonObject, Moment, Text
from identity.selectors import USER_INFO
from management_api.applications.serializers import application_row
from management_api.organization_template.serializers import Ids, ListQuery
from organizations.models import JitEmailDomain, Organization, OrganizationRole
from organizations.selectors import organization_overviews
from organizations.sql import member_roles_document
from tenants.database.shapes import Member, Shape


# --- Bodies and queries ----------------------------------------------------------------------------------------------
class OrganizationInput(serializers.Serializer[Any]):
    """The body that creates or changes an organization."""

    name = Text(min_length=1, max_length=128)
    description = Text(required=False, allow_null=True, max_length=256)
    customData = JsonObject(source="custom_data", required=False)
    isMfaRequired = Flag(source="is_mfa_required", required=False)
    isTrustedDeviceAllowed = Flag(source="is_trusted_device_allowed", required=False)
    color = JsonObject(required=False)
    branding = JsonObject(required=False)
    customCss = Text(source="custom_css", required=False, allow_null=True)
    createdAt = Moment(source="created_at", required=False)


class MembersQuery(ListQuery):
    """The query of the list of members."""

    organizationRoleId = Text(source="role_id", min_length=1, required=False)


class UserIds(serializers.Serializer[Any]):
    """The body that adds members."""

    userIds = Ids(source="user_ids", min_length=1)


class AnyUserIds(serializers.Serializer[Any]):
    """The body that replaces members, perhaps by none."""

    userIds = Ids(source="user_ids")


class MemberRoles(serializers.Serializer[Any]):
    """The body that names a member's roles, by id or by name."""

    organizationRoleIds = Ids(source="role_ids", required=False)
    organizationRoleNames = Ids(source="role_names", required=False)


class MembersRoles(UserIds):
    """The body that gives several members several roles."""

    organizationRoleIds = Ids(source="role_ids", min_length=1)


class ApplicationIds(serializers.Serializer[Any]):
    """The body that adds applications."""

    applicationIds = Ids(source="application_ids", min_length=1)


class AnyApplicationIds(serializers.Serializer[Any]):
    """The body that replaces applications, perhaps by none."""

    applicationIds = Ids(source="application_ids")


class ApplicationsRoles(ApplicationIds):
    """The body that gives several applications several roles."""

    organizationRoleIds = Ids(source="role_ids", min_length=1)


class RoleIds(serializers.Serializer[Any]):
    """The body that names roles of the template."""

    organizationRoleIds = Ids(source="role_ids", min_length=1)


class AnyRoleIds(serializers.Serializer[Any]):
    """The body that replaces roles, perhaps by none."""

    organizationRoleIds = Ids(source="role_ids")


class EmailDomain(serializers.Serializer[Any]):
    """The body that admits an email domain."""

    emailDomain = Text(source="email_domain", min_length=1)


class EmailDomains(serializers.Serializer[Any]):
    """The body that replaces the email domains admitted."""

    emailDomains = Ids(source="email_domains")


class AnySsoConnectorIds(serializers.Serializer[Any]):
    """The body that replaces the enterprise connectors whose users are admitted."""

    ssoConnectorIds = Ids(source="connector_ids")


class SsoConnectorIds(serializers.Serializer[Any]):
    """The body that admits the users of enterprise connectors."""

    ssoConnectorIds = Ids(source="connector_ids", allow_empty=False)


# --- Rows ------------------------------------------------------------------------------------------------------------
ORGANIZATION = Shape(
    Organization,
    "tenant_id",
    "id",
    "name",
    "description",
    "custom_data",
    "is_mfa_required",
    "is_trusted_device_allowed",
    "color",
    "branding",
    "custom_css",
    "created_at",
)
# Of an `OrganizationMember`: the user with their roles in the organization.
MEMBERSHIP = USER_INFO.plus(
    Member("organization_roles", sql=member_roles_document(tenant="l.tenant_id", member="l.id"))
).through("user_id")
EMAIL_DOMAIN = Shape(JitEmailDomain, "tenant_id", "organization_id", "email_domain")


def featured_organization_rows(organizations: list[Organization]) -> list[dict[str, Any]]:
    """Return a page of organizations, each with the number of its members and a few of them."""
    overviews = organization_overviews(organization.id for organization in organizations)
    rows = ORGANIZATION.each(organizations)
    for row in rows:
        overview = overviews[row["id"]]
        row["usersCount"] = overview.users_count
        row["featuredUsers"] = [user._asdict() for user in overview.featured_users]
    return rows


def _role_names(roles: Iterable[OrganizationRole]) -> list[dict[str, str]]:
    return [{"id": role.id, "name": role.name} for role in roles]


def organization_application_rows(places: Iterable[OrganizationApplication]) -> list[dict[str, Any]]:
    """Return a page of an organization's applications with their roles in it."""
    return [
        {
            **application_row(place.application),
            "organizationRoles": _role_names(held.role for held in place.application_roles.all()),
        }
        for place in places
    ]
