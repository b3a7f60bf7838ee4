"""Who calls the Account API: the user of an opaque access token."""

from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from applications.clients import find_client
from applications.scopes import split_scope
from common.errors import AppError
from identity.account_center import AccountCenter, get_account_center
from identity.models import User
from identity.selectors import find_user
from oidc.claims.protected_resources import ACCOUNT_API, authenticate_header
from oidc.dpop.presenting import SCHEMES, Sender
from oidc.token.tokens import find_opaque_token

_OPENID = "openid"


@dataclass(frozen=True, slots=True)
class Caller:
    """The user, what the token allows, and what the tenant does."""

    user: User
    scopes: frozenset[str]
    client_id: str
    center: AccountCenter
    is_authenticated: bool = True

    def require_first_party(self) -> None:
        """Raise `auth.third_party_application_forbidden` unless the application is the tenant's own."""
        client = find_client(self.client_id)
        if client is None or client.is_third_party:
            raise AppError("auth.third_party_application_forbidden")


class OpaqueTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <opaque access token>` (RFC 6750 section 2.1), or `DPoP` with a proof (RFC 9449)."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        header = request.headers.get("Authorization")
        if not header:
            raise AppError("auth.authorization_header_missing")
        scheme, _, token = header.partition(" ")
        if scheme.lower() not in SCHEMES:
            raise AppError("auth.authorization_token_type_not_supported", data={"supportedTypes": ["Bearer"]})
        found = find_opaque_token(token.strip(), sender=Sender(request._request, scheme.lower()))
        user = find_user(found.user_id) if found else None
        if found is None or user is None:
            raise AppError("auth.unauthorized", status=401)
        scopes = frozenset(split_scope(found.scope))
        if _OPENID not in scopes:
            raise AppError("auth.forbidden")
        return Caller(user, scopes, found.client_id, get_account_center()), None

    def authenticate_header(self, request: Request) -> str:
        """Return what `WWW-Authenticate` tells who is refused: where the API's metadata is (RFC 9728 section 5.1)."""
        return authenticate_header(request._request, ACCOUNT_API)


class AccountCenterEnabled(BasePermission):
    """Closes the API while the tenant's account center is off."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        caller: Any = request.user
        if not caller.center.enabled:
            raise AppError("account_center.not_enabled")
        return True
