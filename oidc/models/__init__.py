"""Sign-in sessions, grants, authorization requests and tokens.

Five of these are the swapped models of django-oauth-toolkit: `AuthorizationCode` (its Grant), `AccessToken`,
`RefreshToken`, `IDToken` and `DeviceGrant`; the sixth is `applications.models.Application`.
"""

from oidc.models.consent import ConsentedOrganization
from oidc.models.pushed_requests import PushedAuthorizationRequest
from oidc.models.session import AuthorizationRequest, Grant, GrantOrganization, Session, SessionAuthorization
from oidc.models.subject_tokens import SubjectToken
from oidc.models.tokens import AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken
from oidc.models.used_proofs import UsedProof

__all__ = [
    "AccessToken",
    "AuthorizationCode",
    "AuthorizationRequest",
    "ConsentedOrganization",
    "DeviceGrant",
    "Grant",
    "GrantOrganization",
    "IDToken",
    "PushedAuthorizationRequest",
    "RefreshToken",
    "Session",
    "SessionAuthorization",
    "SubjectToken",
    "UsedProof",
]
