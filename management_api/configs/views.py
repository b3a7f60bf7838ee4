"""The tenant's signing keys, session lifetime, ID-token claims, whether users sign in to organizations, and whether
they are told of changed factors."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import to_seconds
from common.errors import AppError
from common.rest.fields import Flag
from common.rest.parsers import json_body
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
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

    signingKeyAlgorithm = serializers.ChoiceField(choices=list(_ALGORITHMS), required=False)
    rotationGracePeriod = serializers.IntegerField(min_value=0, max_value=_YEAR_SECONDS, required=False)
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

    def get(self, request: Request, key_type: str) -> Response:
        _require_private_keys(key_type)
        return Response([represent_key(key) for key in keys.list_keys()])


class RotateKeysView(ApiView):
    """Replace the signing key."""

    def post(self, request: Request, key_type: str) -> Response:
        _require_private_keys(key_type)
        body = self.body(RotateBody)
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

    def delete(self, request: Request, key_type: str, key_id: str) -> Response:
        _require_private_keys(key_type)
        keys.delete_key(key_id, actor=self.actor)
        return no_content()


class SessionView(ApiView):
    """The lifetime of sign-in sessions."""

    def get(self, request: Request) -> Response:
        return Response(get_setting(SESSION_SETTING))

    def patch(self, request: Request) -> Response:
        return Response(merge_setting(SESSION_SETTING, json_body(request), actor=self.actor))


class IdTokenView(ApiView):
    """The claims in ID tokens."""

    def get(self, request: Request) -> Response:
        return Response(get_setting(ID_TOKEN_SETTING))

    def put(self, request: Request) -> Response:
        return Response(set_setting(ID_TOKEN_SETTING, json_body(request), actor=self.actor))


class OrganizationSignInView(ApiView):
    """Whether users sign in to the organization that a request names."""

    def get(self, request: Request) -> Response:
        return Response(get_setting(ORGANIZATION_SIGN_IN_SETTING))

    def patch(self, request: Request) -> Response:
        return Response(set_setting(ORGANIZATION_SIGN_IN_SETTING, json_body(request), actor=self.actor))


class SecurityNotificationsView(ApiView):
    """Whether users get an email when a second factor or a passkey of theirs is changed."""

    def get(self, request: Request) -> Response:
        return Response(SECURITY_NOTIFICATIONS_SETTING.shape.fill(get_setting(SECURITY_NOTIFICATIONS_SETTING)))

    def patch(self, request: Request) -> Response:
        return Response(merge_setting(SECURITY_NOTIFICATIONS_SETTING, json_body(request), actor=self.actor))
