"""What users may see and change of their own account."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from identity.account_center import ACCOUNT_CENTER_SETTING, AccountCenter, get_account_center, update_account_center
from management_api.account_center import answers
from management_api.views import ApiView, PublicView
from tenants.context import current_tenant_id


def represent(center: AccountCenter) -> dict[str, Any]:
    """Return the account center's row."""
    absent = {"deleteAccountUrl": None, "customCss": None, "profileFields": None}
    return {"tenantId": current_tenant_id(), "id": "default", **absent, **center.wire}


class AccountCenterView(ApiView):
    """`/api/account-center`."""

    @operation("GetAccountCenterSettings", "Get the account center's settings", answer=answers.AccountCenter)
    def get(self, request: Request) -> Response:
        return Response(represent(get_account_center()))

    @operation(
        "UpdateAccountCenterSettings",
        "Change the account center's settings",
        body=ACCOUNT_CENTER_SETTING.shape,
        answer=answers.AccountCenter,
        errors=["request.feature_not_supported"],
    )
    def patch(self, request: Request) -> Response:
        return Response(represent(update_account_center(json_body(request), actor=self.actor)))


class PublicAccountCenterView(PublicView):
    """`/api/.well-known/account-center`."""

    @operation(
        "GetWellKnownAccountCenter",
        "Get the account center's settings, as everybody may",
        answer=answers.AccountCenter,
    )
    def get(self, request: Request) -> Response:
        return Response(represent(get_account_center()))
