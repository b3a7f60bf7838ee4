"""`POST /api/connectors/<id>/events`: what a provider reports of addresses."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.permissions import Open
from common.rest.views import JsonView
from connectors.services.provider_reports import receive_report


class EventsView(JsonView):
    """For providers, who prove themselves by a signature or by the password in the address."""

    authentication_classes = []
    permission_classes = [Open]

    @operation(
        "ReceiveConnectorEvents",
        "Receive a provider's report of bounces and complaints",
        errors=["entity.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        receive_report(connector_id, request._request)
        return Response(status=204)
