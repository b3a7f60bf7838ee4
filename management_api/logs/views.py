"""`/api/logs`: the audit log."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from events.selectors import get_log, list_logs
from management_api.logs.serializers import LogQuery, log_row, log_rows
from management_api.views import ApiView


class LogsView(ApiView):
    """Lists entries."""

    def get(self, request: Request) -> Response:
        return paginated(request, list_logs(**self.query(LogQuery)), log_rows)


class LogView(ApiView):
    """One entry."""

    def get(self, request: Request, id: str) -> Response:
        return Response(log_row(get_log(id)))
