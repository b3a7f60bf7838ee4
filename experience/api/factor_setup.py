"""`/api/experience`: setting second factors up, and deciding about them."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice, Text
from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction
from experience.api.second_factors import AuthenticatorBody
from experience.api.serializers import MAX_ID, VerificationBody
from experience.models import Interaction
from experience.relying_party import relying_party_of
from experience.services.factor_setup import (
    accept_mfa,
    finish_webauthn_registration,
    new_backup_codes,
    new_totp_secret,
    skip_mfa,
    skip_passkey,
    skip_suggestion,
    stage_factor,
    stage_passkey,
    start_webauthn_registration,
    trust_device,
    verify_new_totp,
)
from experience.services.second_factors import verify_totp
from identity.factor_types import FactorType
from tenants.hosts import host_name_of_request


class TotpBody(serializers.Serializer[Any]):
    code = Text(min_length=1, max_length=MAX_ID)
    verificationId = Text(max_length=MAX_ID, required=False)


class FactorBody(VerificationBody):
    type = Choice(choices=FactorType.choices)


class TotpSecretView(ExperienceView):
    """`POST /verification/totp/secret`."""

    @operation("CreateTotpSecret", "Create a secret for an authenticator app", answer=answers.TotpSecret)
    def post(self, request: Request) -> Response:
        issuer = host_name_of_request(request._request)
        setup = new_totp_secret(current_interaction(request), issuer=issuer)
        return Response(
            {"verificationId": setup.verification_id, "secret": setup.secret, "secretQrCode": setup.qr_code}
        )


class TotpVerificationView(ExperienceView):
    """`POST /verification/totp/verify`: a new secret with an id, without one the app that the user has."""

    @operation(
        "VerifyTotpVerification", "Verify the code of an authenticator app", body=TotpBody, answer=answers.Verification
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        if "verificationId" in body:
            verify_new_totp(interaction, verification_id=body["verificationId"], code=body["code"])
            return Response({"verificationId": body["verificationId"]})
        return Response({"verificationId": verify_totp(interaction, code=body["code"])})


class WebAuthnRegistrationView(ExperienceView):
    """`POST /verification/web-authn/registration`."""

    @operation(
        "CreateWebAuthnRegistration", "Start the registration of a passkey", answer=answers.RegistrationChallenge
    )
    def post(self, request: Request) -> Response:
        party = relying_party_of(request._request)
        challenge = start_webauthn_registration(current_interaction(request), party=party)
        return Response({"verificationId": challenge.verification_id, "registrationOptions": challenge.options})


class WebAuthnRegistrationVerificationView(ExperienceView):
    """`POST /verification/web-authn/registration/verify`."""

    @operation(
        "VerifyWebAuthnRegistration",
        "Verify the registration of a passkey",
        body=AuthenticatorBody,
        answer=answers.Verification,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = finish_webauthn_registration(
            interaction,
            verification_id=body["verificationId"],
            payload=body["payload"],
            party=relying_party_of(request._request),
        )
        return Response({"verificationId": verification_id})


class BackupCodesView(ExperienceView):
    """`POST /verification/backup-code/generate`."""

    @operation("GenerateBackupCodes", "Generate backup codes", answer=answers.BackupCodes)
    def post(self, request: Request) -> Response:
        made = new_backup_codes(current_interaction(request))
        return Response({"verificationId": made.verification_id, "codes": made.codes})


class FactorView(ExperienceView):
    """`POST /profile/mfa`."""

    @operation("BindMfa", "Bind a verified second factor", body=FactorBody)
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        stage_factor(interaction, factor=body["type"], verification_id=body["verificationId"])
        return Response(status=204)


class PasskeyView(ExperienceView):
    """`POST /profile/mfa/passkey`."""

    @operation("BindPasskey", "Bind a verified passkey to sign in with", body=VerificationBody)
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        stage_passkey(interaction, verification_id=self.body()["verificationId"])
        return Response(status=204)


class _ChoiceView(ExperienceView):
    """`POST /profile/mfa/<choice>`: what the user decides, each without a body."""

    def decide(self, choose: Callable[[Interaction], None]) -> Response:
        """Note the decision."""
        choose(current_interaction(self.request))
        return Response(status=204)


class MfaEnabledView(_ChoiceView):
    """`POST /profile/mfa/mfa-enabled`."""

    @operation("EnableMfa", "Accept the offer of second factors")
    def post(self, request: Request) -> Response:
        return self.decide(accept_mfa)


class MfaSkippedView(_ChoiceView):
    """`POST /profile/mfa/mfa-skipped`."""

    @operation("SkipMfaBindingFlow", "Go on without second factors")
    def post(self, request: Request) -> Response:
        return self.decide(skip_mfa)


class SuggestionSkippedView(_ChoiceView):
    """`POST /profile/mfa/mfa-suggestion-skipped`."""

    @operation("SkipMfaSuggestion", "Go on without one more second factor")
    def post(self, request: Request) -> Response:
        return self.decide(skip_suggestion)


class PasskeySkippedView(_ChoiceView):
    """`POST /profile/mfa/passkey-skipped`."""

    @operation("SkipPasskeyBinding", "Go on without a passkey")
    def post(self, request: Request) -> Response:
        return self.decide(skip_passkey)


class DeviceTrustView(_ChoiceView):
    """`POST /profile/mfa/trusted-device`."""

    @operation("TrustDevice", "Trust this browser")
    def post(self, request: Request) -> Response:
        return self.decide(trust_device)
