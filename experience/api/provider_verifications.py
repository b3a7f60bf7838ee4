"""`/api/experience/verification/{social,sso}`: proofs by another provider's word; `/experience/sso-connectors`."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction, pending_request
from experience.api.serializers import CodeIdentifierField, ProviderStartBody, SocialReturnBody, SsoReturnBody
from experience.one_tap import assert_credential_is_of_browser
from experience.services.enterprise_sso import finish_sso_sign_in, list_connector_ids_of_email, start_sso_sign_in
from experience.services.provider_returns import RECEIVED_COOKIE, Started
from experience.services.social import (
    finish_social_sign_in,
    get_pushing_connection,
    start_social_sign_in,
    verify_pushed_credential,
)


class _StartView(ExperienceView):
    """`POST /verification/{social,sso}/<connectorId>/authorization-uri`."""

    def begin(self, start: Callable[..., Started], connector_id: str) -> Response:
        """Start a sign-in at another provider."""
        interaction = current_interaction(self.request)
        body = self.body()
        started = start(interaction, connector_id=connector_id, state=body["state"], redirect_uri=body["redirectUri"])
        return Response({"authorizationUri": started.url, "verificationId": started.verification_id})


class SocialStartView(_StartView):
    """`POST /verification/social/<connectorId>/authorization-uri`."""

    @operation(
        "CreateSocialVerification",
        "Start a sign-in at a social provider",
        body=ProviderStartBody,
        answer=answers.Authorization,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        return self.begin(start_social_sign_in, connector_id)


class SsoStartView(_StartView):
    """`POST /verification/sso/<connectorId>/authorization-uri`."""

    @operation(
        "CreateEnterpriseSsoVerification",
        "Start a sign-in at an enterprise's identity provider",
        body=ProviderStartBody,
        answer=answers.Authorization,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        return self.begin(start_sso_sign_in, connector_id)


class SocialReturnView(ExperienceView):
    """`POST /verification/social/<connectorId>/verify`; without a `verificationId` it is Google One Tap."""

    @operation(
        "VerifySocialVerification",
        "Verify what a social provider has answered",
        body=SocialReturnBody,
        answer=answers.Verification,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        interaction = current_interaction(request)
        body = self.body()
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
            # First: what is no credential has nothing to do with Google's cookies.
            get_pushing_connection(connector_id, data)
            assert_credential_is_of_browser(data, request.COOKIES)
            proved = verify_pushed_credential(interaction, connector_id=connector_id, data=data)
        return Response({"verificationId": proved})


class SsoReturnView(ExperienceView):
    """`POST /verification/sso/<connectorId>/verify`."""

    @operation(
        "VerifyEnterpriseSsoVerification",
        "Verify what an enterprise's identity provider has answered",
        body=SsoReturnBody,
        answer=answers.Verification,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        interaction = current_interaction(request)
        body = self.body()
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

    @operation(
        "GetEnabledSsoConnectors",
        "List the enterprise connectors of an email address",
        query={"email": str},
        answer=answers.ConnectorIds,
    )
    def get(self, request: Request) -> Response:
        pending_request(request)
        given = {"type": "email", "value": request.query_params.get("email", "")}
        identifier = CodeIdentifierField(kinds=("email",)).run_validation(given)
        return Response({"connectorIds": list_connector_ids_of_email(identifier.value)})
