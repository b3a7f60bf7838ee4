"""Organizations, their members, and the template that gives every organization the same roles."""

from organizations.models.invitations import OrganizationInvitation, OrganizationInvitationRole
from organizations.models.jit import JitEmailDomain, JitRole, JitSsoConnector
from organizations.models.organization import MemberRole, Organization, OrganizationMember
from organizations.models.template import (
    OrganizationRole,
    OrganizationRoleResourceScope,
    OrganizationRoleScope,
    OrganizationScope,
)

__all__ = [
    "JitEmailDomain",
    "JitRole",
    "JitSsoConnector",
    "MemberRole",
    "Organization",
    "OrganizationInvitation",
    "OrganizationInvitationRole",
    "OrganizationMember",
    "OrganizationRole",
    "OrganizationRoleResourceScope",
    "OrganizationRoleScope",
    "OrganizationScope",
]
