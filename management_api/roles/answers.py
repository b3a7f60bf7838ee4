"""Answers about global roles."""

from typing import TypedDict

from common.rest.operations import With
from management_api.answers import FeaturedUser, Reference
from management_api.roles.serializers import ROLE


class FeaturedApplication(Reference):
    """One of a few applications that stand for all of them."""

    type: str


class RoleOverview(TypedDict):
    """A role, how many hold it, and a few of them."""

    usersCount: int
    featuredUsers: list[FeaturedUser]
    applicationsCount: int
    featuredApplications: list[FeaturedApplication]


ROLE_OVERVIEW = With(ROLE, RoleOverview)
