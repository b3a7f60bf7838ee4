"""Who calls the Management API: a bearer token for this tenant's API whose scope holds `all`."""

from dataclasses import dataclass
from typing import Any, Literal

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from access.management import MANAGEMENT_SCOPE, management_api_indicator
from common.actors import Actor
from common.errors import AppError
from identity.selectors import find_user
from oidc.claims.protected_resources import MANAGEMENT_API, authenticate_header
from oidc.dpop.presenting import SCHEMES, Sender
from oidc.token.tokens import is_own_issuer, verify_access_token
from organizations.selectors import is_member
from tenants.context import current_tenant_id, enter_tenant
from tenants.developers import organization_id_of
from tenants.hosts import ADMIN_TENANT

__all__ = [
    "BearerAuthentication",
    "HoldsManagementScope",
    "Principal",
    "management_api_indicator",
    "presented_token",
]

_SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: an application, a user of this tenant, or a developer of tenant `admin`."""

    kind: Literal["app", "user", "developer"]
    id: str
    scopes: frozenset[str]

    is_authenticated = True

    @property
    def actor(self) -> Actor:
        if self.kind == "app":
            return Actor.application(self.id)
        return Actor.developer(self.id) if self.kind == "developer" else Actor.user(self.id)


def presented_token(request: Request) -> tuple[Sender, str]:
    """Return who presents the token, and the token: as a bearer, or bound to a key (RFC 9449).

    Raises `auth.authorization_header_missing` and `auth.authorization_token_type_not_supported`.
    """
    header = request._request.META.get("HTTP_AUTHORIZATION")
    if not header:
        raise AppError("auth.authorization_header_missing")
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in SCHEMES:
        raise AppError("auth.authorization_token_type_not_supported", data={"supportedTypes": [_SCHEME]})
    return Sender(request._request, scheme.lower()), token.strip()


def _principal(claims: dict[str, Any]) -> Principal:
    subject = claims.get("sub")
    if not subject:
        raise AppError("auth.jwt_sub_missing")
    scopes = frozenset(str(claims.get("scope", "")).split())
    if subject == claims.get("client_id"):
        return Principal("app", subject, scopes)
    kind: Literal["user", "developer"] = "user" if is_own_issuer(str(claims.get("iss"))) else "developer"
    if not (_is_user(subject) if kind == "user" else _is_developer(subject)):
        raise AppError("auth.unauthorized", status=401)
    return Principal(kind, subject, scopes)


def _is_user(user_id: str) -> bool:
    """Whether a person may still sign in here; the token was signed before and says nothing about now. 1 statement."""
    user = find_user(user_id)
    return user is not None and not user.is_suspended


def _is_developer(user_id: str) -> bool:
    """Whether a person of tenant `admin` is a developer of the current tenant, now: a role alone does not make one."""
    organization_id = organization_id_of(current_tenant_id())
    with enter_tenant(ADMIN_TENANT):
        return _is_user(user_id) and is_member(user_id, organization_id)


class BearerAuthentication(BaseAuthentication):
    """Turns the bearer token into a `Principal`: an application that exists, a person who may still be here.

    Raises `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`, `auth.unauthorized` and
    `auth.jwt_sub_missing`.
    """

    def authenticate(self, request: Request) -> tuple[Principal, str]:
        sender, token = presented_token(request)
        claims = verify_access_token(token, audience=management_api_indicator(current_tenant_id()), sender=sender)
        return _principal(dict(claims)), token

    def authenticate_header(self, request: Request) -> str:
        """Return what `WWW-Authenticate` tells who is refused: where the API's metadata is (RFC 9728 section 5.1)."""
        return authenticate_header(request._request, MANAGEMENT_API)


class HoldsManagementScope(BasePermission):
    """Admits callers whose token grants `all`; others get `auth.forbidden`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Principal) and MANAGEMENT_SCOPE in request.user.scopes
