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
from oidc.tokens import verify_access_token
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, issuer_of, origin_of_tenant

__all__ = ["BearerAuthentication", "HoldsManagementScope", "Principal", "management_api_indicator"]

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


def _bearer_token(request: Request) -> str:
    header = request.headers.get("Authorization")
    if not header:
        raise AppError("auth.authorization_header_missing")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != _SCHEME.lower():
        raise AppError("auth.authorization_token_type_not_supported", data={"supportedTypes": [_SCHEME]})
    return token.strip()


def _principal(claims: dict[str, Any]) -> Principal:
    subject = claims.get("sub")
    if not subject:
        raise AppError("auth.jwt_sub_missing")
    scopes = frozenset(str(claims.get("scope", "")).split())
    if subject == claims.get("client_id"):
        return Principal("app", subject, scopes)
    is_foreign = current_tenant_id() != ADMIN_TENANT and claims.get("iss") == issuer_of(origin_of_tenant(ADMIN_TENANT))
    return Principal("developer" if is_foreign else "user", subject, scopes)


class BearerAuthentication(BaseAuthentication):
    """Turns the bearer token into a `Principal`.

    Raises `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`, `auth.unauthorized` and
    `auth.jwt_sub_missing`.
    """

    def authenticate(self, request: Request) -> tuple[Principal, str]:
        token = _bearer_token(request)
        claims = verify_access_token(token, audience=management_api_indicator(current_tenant_id()))
        return _principal(dict(claims)), token


class HoldsManagementScope(BasePermission):
    """Admits callers whose token grants `all`; others get `auth.forbidden`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Principal) and MANAGEMENT_SCOPE in request.user.scopes
