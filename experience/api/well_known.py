"""`/api/.well-known`: the settings that a sign-in page needs, for anybody."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.rest.parsers import JsonAlways
from common.rest.permissions import Open
from experience.overrides import override_settings
from experience.selectors import represent_public_settings


class PublicSettingsView(APIView):
    """`GET /.well-known/sign-in-exp` and `/.well-known/experience`: `?appId` and `?organizationId` choose a look."""

    permission_classes = [Open]
    content_negotiation_class = JsonAlways

    def get(self, request: Request) -> Response:
        query = request.query_params
        settings = override_settings(
            represent_public_settings(),
            application_id=query.get("appId", ""),
            organization_id=query.get("organizationId", ""),
        )
        return Response(settings)
