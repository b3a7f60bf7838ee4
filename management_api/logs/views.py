"""`/api/logs`: the audit log."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from events.selectors import get_log, list_logs
from management_api.logs.serializers import LogQuery, log_row, log_rows
from management_api.views import ApiView

# How many entries are counted for a caller who does not need the exact number.
COUNT_CAP = 10_000


class LogsView(ApiView):
    """Lists entries; with `enableCap` the count stops at 10 001."""

    def get(self, request: Request) -> Response:
        logs = list_logs(**self.query(LogQuery))
        return paginated(request, logs, log_rows, cap=COUNT_CAP if self.flag("enableCap") else None)


class LogView(ApiView):
    """One entry."""

    def get(self, request: Request, id: str) -> Response:
        return Response(log_row(get_log(id)))
