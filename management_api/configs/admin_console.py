"""`/api/configs/admin-console`: what a console wants to remember of a tenant. Gatehouse's own keeps nothing here."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import Flag, Integer, Members, Text
from common.shapes.values import MAX_INTEGER
from management_api.views import ApiView
from tenants.services.settings import Setting, get_setting, merge_setting

ADMIN_CONSOLE_SETTING = Setting(
    key="adminConsole",
    shape=Members(
        {
            "signInExperienceCustomized": Flag(default=False),
            "organizationCreated": Flag(default=False),
            "developmentTenantMigrationNotification": Members(
                {
                    "isPaidTenant": Flag(required=True),
                    "tag": Text(max_length=64, required=True),
                    # Milliseconds since the epoch.
                    "readAt": Integer(minimum=0, maximum=MAX_INTEGER * 10_000),
                }
            ),
            "checkedChargeNotification": Members(
                {name: Flag() for name in ("token", "apiResource", "machineToMachineApp", "tenantMember")}
            ),
        }
    ),
    default={"signInExperienceCustomized": False, "organizationCreated": False},
)


class AdminConsoleView(ApiView):
    """The setting, member by member."""

    @operation("GetAdminConsoleConfig", "Get what a console remembers", answer=ADMIN_CONSOLE_SETTING.shape)
    def get(self, request: Request) -> Response:
        return Response(ADMIN_CONSOLE_SETTING.default | get_setting(ADMIN_CONSOLE_SETTING))

    @operation(
        "UpdateAdminConsoleConfig",
        "Change what a console remembers",
        body=ADMIN_CONSOLE_SETTING.shape,
        answer=ADMIN_CONSOLE_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(merge_setting(ADMIN_CONSOLE_SETTING, json_body(request), actor=self.actor))
