"""The tenant's signing keys, session lifetime, ID-token claims, whether users sign in to organizations, and whether
they are told of changed factors."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import to_seconds
from common.errors import AppError
from common.rest.fields import Choice, Flag, Integer
from common.rest.operations import operation
from common.rest.parsers import json_body
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from management_api.configs import answers
from management_api.views import ApiView, no_content
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from oidc.sessions.sessions import SESSION_SETTING
from tenants.models import SigningKey
from tenants.services import keys
from tenants.services.settings import get_setting, merge_setting, set_setting

_PRIVATE_KEYS = "private-keys"
_COOKIE_KEYS = "cookie-keys"
_YEAR_SECONDS = 31_536_000
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}


class RotateBody(serializers.Serializer[Any]):
    """How to rotate: the new key's type, for how many seconds it is published before it signs, and whether its type
    becomes the one that signs by default."""

    signingKeyAlgorithm = Choice(choices=list(_ALGORITHMS), required=False)
    rotationGracePeriod = Integer(min_value=0, max_value=_YEAR_SECONDS, required=False)
    isDefault = Flag(required=False)


def _require_private_keys(key_type: str) -> None:
    """Cookies are signed for the whole installation: tenants have no cookie keys to list or rotate."""
    if key_type == _COOKIE_KEYS:
        raise AppError("request.feature_not_supported")
    if key_type != _PRIVATE_KEYS:
        raise AppError("guard.invalid_input")


def represent_key(key: SigningKey) -> dict[str, Any]:
    """Return a key without its value."""
    return {
        "id": key.id,
        "createdAt": to_seconds(key.created_at),
        "signingKeyAlgorithm": key.key_type,
        "status": key.status,
    }


class KeysView(ApiView):
    """The keys of a kind."""

    @operation(
        "GetOidcKeys",
        "List signing keys",
        answer=[answers.SigningKey],
        errors=["guard.invalid_input", "request.feature_not_supported"],
    )
    def get(self, request: Request, key_type: str) -> Response:
        _require_private_keys(key_type)
        return Response([represent_key(key) for key in keys.list_keys()])


class RotateKeysView(ApiView):
    """Replace the signing key."""

    @operation(
        "RotateOidcKeys",
        "Rotate the signing key",
        body=RotateBody,
        answer=[answers.SigningKey],
        errors=["request.feature_not_supported", ("oidc.invalid_request", 422)],
    )
    def post(self, request: Request, key_type: str) -> Response:
        _require_private_keys(key_type)
        body = self.body()
        kind = body.get("signingKeyAlgorithm")
        rotated = keys.rotate_key(
            algorithm=_ALGORITHMS[kind] if kind else None,
            grace_period=body.get("rotationGracePeriod"),
            make_default=body.get("isDefault", True),
            actor=self.actor,
        )
        return Response([represent_key(key) for key in rotated])


class KeyView(ApiView):
    """One key."""

    @operation(
        "DeleteOidcKey",
        "Delete a previous signing key",
        errors=[
            "guard.invalid_input",
            "request.feature_not_supported",
            "oidc.key_not_found",
            "oidc.key_required",
            "oidc.only_previous_key_can_be_deleted",
        ],
    )
    def delete(self, request: Request, key_type: str, key_id: str) -> Response:
        _require_private_keys(key_type)
        keys.delete_key(key_id, actor=self.actor)
        return no_content()


class SessionView(ApiView):
    """The lifetime of sign-in sessions."""

    @operation("GetOidcSessionConfig", "Get the lifetime of sessions", answer=SESSION_SETTING.shape)
    def get(self, request: Request) -> Response:
        return Response(get_setting(SESSION_SETTING))

    @operation(
        "UpdateOidcSessionConfig",
        "Change the lifetime of sessions",
        body=SESSION_SETTING.shape,
        answer=SESSION_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(merge_setting(SESSION_SETTING, json_body(request), actor=self.actor))


class IdTokenView(ApiView):
    """The claims in ID tokens."""

    @operation("GetIdTokenConfig", "Get the claims of ID tokens", answer=ID_TOKEN_SETTING.shape)
    def get(self, request: Request) -> Response:
        return Response(get_setting(ID_TOKEN_SETTING))

    @operation(
        "UpsertIdTokenConfig", "Set the claims of ID tokens", body=ID_TOKEN_SETTING.shape, answer=ID_TOKEN_SETTING.shape
    )
    def put(self, request: Request) -> Response:
        return Response(set_setting(ID_TOKEN_SETTING, json_body(request), actor=self.actor))


class OrganizationSignInView(ApiView):
    """Whether users sign in to the organization that a request names."""

    @operation(
        "GetOrganizationSignInConfig",
        "Get whether users sign in to organizations",
        answer=ORGANIZATION_SIGN_IN_SETTING.shape,
    )
    def get(self, request: Request) -> Response:
        return Response(get_setting(ORGANIZATION_SIGN_IN_SETTING))

    @operation(
        "UpdateOrganizationSignInConfig",
        "Let users sign in to organizations, or stop",
        body=ORGANIZATION_SIGN_IN_SETTING.shape,
        answer=ORGANIZATION_SIGN_IN_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(set_setting(ORGANIZATION_SIGN_IN_SETTING, json_body(request), actor=self.actor))


class SecurityNotificationsView(ApiView):
    """Whether users get an email when a second factor or a passkey of theirs is changed."""

    @operation(
        "GetSecurityNotificationsConfig",
        "Get whether users are told of changed factors",
        answer=SECURITY_NOTIFICATIONS_SETTING.shape,
    )
    def get(self, request: Request) -> Response:
        return Response(SECURITY_NOTIFICATIONS_SETTING.shape.fill(get_setting(SECURITY_NOTIFICATIONS_SETTING)))

    @operation(
        "UpdateSecurityNotificationsConfig",
        "Tell users of changed factors, or stop",
        body=SECURITY_NOTIFICATIONS_SETTING.shape,
        answer=SECURITY_NOTIFICATIONS_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(merge_setting(SECURITY_NOTIFICATIONS_SETTING, json_body(request), actor=self.actor))
