"""What users may see and change of their own account."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.account_center import Access, AccountCenter, get_account_center, update_account_center
from management_api.views import ApiView, PublicView
from tenants.context import current_tenant_id


class AccountCenterBody(serializers.Serializer[Any]):
    """The switch and the field permissions; these are replaced whole."""

    enabled = serializers.BooleanField(required=False)
    fields_ = serializers.DictField(child=serializers.ChoiceField(choices=[access.value for access in Access]))

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        fields["fields"].required = False
        return fields


def represent(center: AccountCenter) -> dict[str, Any]:
    """Return the account centre's row."""
    return {
        "tenantId": current_tenant_id(),
        "id": "default",
        "enabled": center.enabled,
        "fields": dict(center.fields),
        "webauthnRelatedOrigins": [],
        "deleteAccountUrl": None,
        "customCss": None,
        "profileFields": None,
    }


class AccountCenterView(ApiView):
    """`/api/account-center`."""

    def get(self, request: Request) -> Response:
        return Response(represent(get_account_center()))

    def patch(self, request: Request) -> Response:
        body = self.body(AccountCenterBody)
        center = update_account_center(enabled=body.get("enabled"), fields=body.get("fields"), actor=self.actor)
        return Response(represent(center))


class PublicAccountCenterView(PublicView):
    """`/api/.well-known/account-center`."""

    def get(self, request: Request) -> Response:
        return Response(represent(get_account_center()))
