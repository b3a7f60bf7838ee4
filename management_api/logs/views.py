"""`/api/logs`: the audit log, and how long it is kept."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from common.rest.parsers import json_body
from events.retention import AUDIT_LOG_SETTING, set_retention
from events.selectors import list_logs
from management_api.logs.answers import ENTRY
from management_api.logs.serializers import LOG, LogQuery
from management_api.views import ApiView
from tenants.services.settings import get_setting


class LogsView(ApiView):
    """Lists entries."""

    @operation(
        "ListLogs",
        "List entries of the audit log",
        query=LogQuery,
        pages="always",
        answer=[ENTRY],
        errors=["log.invalid_time_window"],
    )
    def get(self, request: Request) -> Response:
        return paginated(request, list_logs(**self.query()), LOG)


class LogView(ApiView):
    """One entry."""

    @operation("GetLog", "Get an entry of the audit log", answer=ENTRY, errors=["entity.not_exists_with_id"])
    def get(self, request: Request, id: str) -> Response:
        return Response(LOG.get(id))


class RetentionView(ApiView):
    """For how long entries are kept."""

    @operation("GetAuditLogConfig", "Get for how long entries are kept", answer=AUDIT_LOG_SETTING.shape)
    def get(self, request: Request) -> Response:
        return Response(get_setting(AUDIT_LOG_SETTING))

    @operation(
        "UpdateAuditLogConfig",
        "Set for how long entries are kept",
        body=AUDIT_LOG_SETTING.shape,
        answer=AUDIT_LOG_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(set_retention(json_body(request), actor=self.actor))
