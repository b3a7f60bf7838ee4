"""Applications, sign-in sessions, grants and tokens.

Six of these are the swapped models of django-oauth-toolkit: `Application`, `AuthorizationCode` (its Grant),
`AccessToken`, `RefreshToken`, `IDToken` and `DeviceGrant`.
"""

from oidc.models.application import Application, ApplicationRole, ApplicationSecret
from oidc.models.organization_access import OrganizationApplication, OrganizationApplicationRole
from oidc.models.session import AuthorizationRequest, Grant, Session, SessionAuthorization
from oidc.models.tokens import AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken

__all__ = [
    "AccessToken",
    "Application",
    "ApplicationRole",
    "ApplicationSecret",
    "AuthorizationCode",
    "AuthorizationRequest",
    "DeviceGrant",
    "Grant",
    "IDToken",
    "OrganizationApplication",
    "OrganizationApplicationRole",
    "RefreshToken",
    "Session",
    "SessionAuthorization",
]
