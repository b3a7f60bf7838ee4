"""`/api/experience/verification/{social,sso}`: proofs by another provider's word; `/experience/sso-connectors`."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from experience.api.base import ExperienceView, current_interaction, parsed, pending_request
from experience.api.serializers import CodeIdentifierField, ProviderStartBody, SocialReturnBody, SsoReturnBody
from experience.one_tap import assert_credential_is_of_browser
from experience.services.enterprise_sso import finish_sso_sign_in, list_connector_ids_of_email
from experience.services.provider_returns import RECEIVED_COOKIE, Started
from experience.services.social import finish_social_sign_in, start_social_sign_in, verify_pushed_credential


class StartView(ExperienceView):
    """`POST /verification/{social,sso}/<connectorId>/authorization-uri`."""

    start: Callable[..., Started] = staticmethod(start_social_sign_in)

    def post(self, request: Request, connector_id: str) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, ProviderStartBody)
        started = self.start(
            interaction, connector_id=connector_id, state=body["state"], redirect_uri=body["redirectUri"]
        )
        return Response({"authorizationUri": started.url, "verificationId": started.verification_id})


class SocialReturnView(ExperienceView):
    """`POST /verification/social/<connectorId>/verify`; without a `verificationId` it is Google One Tap."""

    def post(self, request: Request, connector_id: str) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, SocialReturnBody)
        data = body["connectorData"]
        if verification_id := body.get("verificationId"):
            proved = finish_social_sign_in(
                interaction,
                connector_id=connector_id,
                data=data,
                verification_id=verification_id,
                token=request.COOKIES.get(RECEIVED_COOKIE, ""),
            )
        else:
            assert_credential_is_of_browser(data, request.COOKIES)
            proved = verify_pushed_credential(interaction, connector_id=connector_id, data=data)
        return Response({"verificationId": proved})


class SsoReturnView(ExperienceView):
    """`POST /verification/sso/<connectorId>/verify`."""

    def post(self, request: Request, connector_id: str) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, SsoReturnBody)
        proved = finish_sso_sign_in(
            interaction,
            connector_id=connector_id,
            data=body["connectorData"],
            verification_id=body["verificationId"],
            token=request.COOKIES.get(RECEIVED_COOKIE, ""),
        )
        return Response({"verificationId": proved})


class SsoConnectorsView(ExperienceView):
    """`GET /experience/sso-connectors?email=`: at which enterprise connectors the user of an address signs in."""

    def get(self, request: Request) -> Response:
        pending_request(request)
        given = {"type": "email", "value": request.query_params.get("email", "")}
        identifier = CodeIdentifierField(kinds=("email",)).run_validation(given)
        return Response({"connectorIds": list_connector_ids_of_email(identifier.value)})
