"""Applications, sign-in sessions, grants and tokens.

Six of these are the swapped models of django-oauth-toolkit: `Application`, `AuthorizationCode` (its Grant),
`AccessToken`, `RefreshToken`, `IDToken` and `DeviceGrant`.
"""

from oidc.models.access_control import (
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
    ApplicationAccessRole,
    ApplicationAccessUser,
)
from oidc.models.application import Application, ApplicationRole, ApplicationSecret
from oidc.models.client_registration import ClientRegistration, InitialAccessToken
from oidc.models.client_security import PushedAuthorizationRequest, UsedProof
from oidc.models.consent import (
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationSignInExperience,
    ApplicationUserScope,
    ConsentedOrganization,
)
from oidc.models.organization_access import OrganizationApplication, OrganizationApplicationRole
from oidc.models.session import AuthorizationRequest, Grant, GrantOrganization, Session, SessionAuthorization
from oidc.models.subject_tokens import SubjectToken
from oidc.models.tokens import AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken

__all__ = [
    "AccessToken",
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
    "AuthorizationCode",
    "AuthorizationRequest",
    "ClientRegistration",
    "ConsentedOrganization",
    "DeviceGrant",
    "Grant",
    "GrantOrganization",
    "IDToken",
    "InitialAccessToken",
    "OrganizationApplication",
    "OrganizationApplicationRole",
    "PushedAuthorizationRequest",
    "RefreshToken",
    "Session",
    "SessionAuthorization",
    "SubjectToken",
    "UsedProof",
]
