"""`/api/experience/verification`: the proofs."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction
from experience.api.serializers import (
    CodeBody,
    CodeVerificationBody,
    NewPasswordBody,
    OneTimeTokenBody,
    PasswordVerificationBody,
)
from experience.services.verification import (
    send_code,
    verify_code,
    verify_new_password,
    verify_one_time_token,
    verify_password,
)


class PasswordVerificationView(ExperienceView):
    """`POST /verification/password`."""

    @operation(
        "CreatePasswordVerification", "Verify a password", body=PasswordVerificationBody, answer=answers.Verification
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = verify_password(interaction, identifier=body["identifier"], password=body["password"])
        return Response({"verificationId": verification_id})


class NewPasswordView(ExperienceView):
    """`POST /verification/new-password-identity`."""

    @operation(
        "CreateNewPasswordIdentityVerification",
        "Choose the username and the password of a new account",
        body=NewPasswordBody,
        answer=answers.Verification,
        description="Older pages register with this; `POST /experience/profile` does the same in two calls.",
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = verify_new_password(interaction, identifier=body["identifier"], password=body["password"])
        return Response({"verificationId": verification_id})


class CodeView(ExperienceView):
    """`POST /verification/verification-code`."""

    @operation("CreateAndSendVerificationCode", "Send a verification code", body=CodeBody, answer=answers.Verification)
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = send_code(interaction, identifier=body["identifier"], event=body["interactionEvent"])
        return Response({"verificationId": verification_id})


class CodeVerificationView(ExperienceView):
    """`POST /verification/verification-code/verify`."""

    @operation(
        "VerifyVerificationCodeVerification",
        "Verify a verification code",
        body=CodeVerificationBody,
        answer=answers.Verification,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = verify_code(
            interaction,
            identifier=body["identifier"],
            verification_id=body["verificationId"],
            code=body["code"],
        )
        return Response({"verificationId": verification_id})


class OneTimeTokenView(ExperienceView):
    """`POST /verification/one-time-token/verify`."""

    @operation(
        "VerifyOneTimeTokenVerification", "Verify a one-time token", body=OneTimeTokenBody, answer=answers.Verification
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = verify_one_time_token(interaction, identifier=body["identifier"], token=body["token"])
        return Response({"verificationId": verification_id})
