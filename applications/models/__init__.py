"""What a client is: applications, their secrets, roles, access rules and registrations, what a third party may ask for.

`Application` is django-oauth-toolkit's swapped application model.
"""

from applications.models.access_control import (
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
    ApplicationAccessRole,
    ApplicationAccessUser,
)
from applications.models.application import Application, ApplicationRole, ApplicationSecret
from applications.models.client_registration import ClientRegistration, InitialAccessToken
from applications.models.consent import (
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationSignInExperience,
    ApplicationUserScope,
)
from applications.models.organization_access import OrganizationApplication, OrganizationApplicationRole

__all__ = [
    "Application",
    "ApplicationAccessOrganization",
    "ApplicationAccessOrganizationRole",
    "ApplicationAccessRole",
    "ApplicationAccessUser",
    "ApplicationOrganizationResourceScope",
    "ApplicationOrganizationScope",
    "ApplicationResourceScope",
    "ApplicationRole",
    "ApplicationSecret",
    "ApplicationSignInExperience",
    "ApplicationUserScope",
    "ClientRegistration",
    "InitialAccessToken",
    "OrganizationApplication",
    "OrganizationApplicationRole",
]
