"""Answers about the organization template."""

from typing import TypedDict

from common.rest.operations import With
from management_api.answers import Reference
from management_api.organization_template.serializers import ORGANIZATION_ROLE


class GrantedScope(Reference):
    """A permission of an API resource."""

    resource: Reference


class GrantingRole(TypedDict):
    """A role with what it grants."""

    scopes: list[Reference]
    resourceScopes: list[GrantedScope]


GRANTING_ROLE = With(ORGANIZATION_ROLE, GrantingRole)
