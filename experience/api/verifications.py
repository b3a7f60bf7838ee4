"""`/api/experience/verification`: the proofs."""

from rest_framework.request import Request
from rest_framework.response import Response

from experience.api.base import ExperienceView, current_interaction, parsed
from experience.api.serializers import CodeBody, CodeVerificationBody, OneTimeTokenBody, PasswordVerificationBody
from experience.services.verification import send_code, verify_code, verify_one_time_token, verify_password


class PasswordVerificationView(ExperienceView):
    """`POST /verification/password`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, PasswordVerificationBody)
        verification_id = verify_password(interaction, identifier=body["identifier"], password=body["password"])
        return Response({"verificationId": verification_id})


class CodeView(ExperienceView):
    """`POST /verification/verification-code`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, CodeBody)
        verification_id = send_code(interaction, identifier=body["identifier"], event=body["interactionEvent"])
        return Response({"verificationId": verification_id})


class CodeVerificationView(ExperienceView):
    """`POST /verification/verification-code/verify`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, CodeVerificationBody)
        verification_id = verify_code(
            interaction,
            identifier=body["identifier"],
            verification_id=body["verificationId"],
            code=body["code"],
        )
        return Response({"verificationId": verification_id})


class OneTimeTokenView(ExperienceView):
    """`POST /verification/one-time-token/verify`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, OneTimeTokenBody)
        verification_id = verify_one_time_token(interaction, identifier=body["identifier"], token=body["token"])
        return Response({"verificationId": verification_id})
