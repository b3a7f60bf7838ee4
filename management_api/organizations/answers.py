"""Answers about organizations, their members and their applications."""

from typing import NotRequired, TypedDict

from common.rest.operations import With
from identity.selectors import USER_INFO
from management_api.answers import FeaturedUser, JsonObject, RolesHeld
from management_api.applications.answers import Application
from management_api.organizations.serializers import ORGANIZATION


class OrganizationOverview(TypedDict):
    """With `showFeatured`: how many members there are, and a few of them."""

    usersCount: NotRequired[int]
    featuredUsers: NotRequired[list[FeaturedUser]]


class OrganizationWithRoles(RolesHeld):
    """An organization with the roles that a user or an application holds in it."""


class Member(RolesHeld):
    """A user with the roles that they hold in the organization."""

    profile: JsonObject


class OrganizationApplication(Application, RolesHeld):
    """An application with the roles that it holds in the organization."""


class UserIdsAnswer(TypedDict):
    """The users that were named."""

    userIds: list[str]


class OrganizationRoleIdsAnswer(TypedDict):
    """The roles that were named."""

    organizationRoleIds: list[str]


ORGANIZATION_OVERVIEW = With(ORGANIZATION, OrganizationOverview)
ORGANIZATION_WITH_ROLES = With(ORGANIZATION, OrganizationWithRoles)
MEMBER = With(USER_INFO, Member)
