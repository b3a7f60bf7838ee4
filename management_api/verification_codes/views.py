"""`/api/verification-codes`: codes sent and checked on behalf of a backend."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from experience.services.settings import get_sign_in_experience
from identity.services.codes import send_verification_code, verify_code
from management_api.verification_codes.serializers import Recipient, RecipientInput, VerificationInput
from management_api.views import ApiView, no_content

_TEMPLATE = "Generic"


class VerificationCodesView(ApiView):
    """Sends a code."""

    @operation(
        "CreateVerificationCode", "Send a verification code", body=RecipientInput, errors=[("connector.not_found", 501)]
    )
    def post(self, request: Request) -> Response:
        recipient: Recipient = self.body()["recipient"]
        send_verification_code(
            channel=recipient.channel,
            recipient=recipient.address,
            template_type=_TEMPLATE,
            policy=get_sign_in_experience().codes,
        )
        return no_content()


class VerificationView(ApiView):
    """Checks a code and spends it."""

    # A wrong guess stays counted.
    keeps_answer_apart = True

    @operation(
        "VerifyVerificationCode",
        "Verify a verification code and use it up",
        body=VerificationInput,
        errors=["verification_code.code_mismatch", "verification_code.not_found"],
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        recipient: Recipient = body["recipient"]
        verify_code(
            channel=recipient.channel,
            recipient=recipient.address,
            template_type=_TEMPLATE,
            code=body["verificationCode"],
            policy=get_sign_in_experience().codes,
        )
        return no_content()
