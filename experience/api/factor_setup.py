"""`/api/experience`: setting second factors up, and deciding about them."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice, Text
from experience.api.base import ExperienceView, current_interaction, parsed
from experience.api.second_factors import AuthenticatorBody
from experience.api.serializers import MAX_ID, VerificationBody
from experience.models import Interaction
from experience.relying_party import relying_party_of
from experience.services.factor_setup import (
    accept_mfa,
    finish_webauthn_registration,
    new_backup_codes,
    new_totp_secret,
    stage_factor,
    stage_passkey,
    start_webauthn_registration,
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

    def post(self, request: Request) -> Response:
        issuer = host_name_of_request(request._request)
        setup = new_totp_secret(current_interaction(request), issuer=issuer)
        return Response(
            {"verificationId": setup.verification_id, "secret": setup.secret, "secretQrCode": setup.qr_code}
        )


class TotpVerificationView(ExperienceView):
    """`POST /verification/totp/verify`: a new secret with an id, without one the app that the user has."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, TotpBody)
        if "verificationId" in body:
            verify_new_totp(interaction, verification_id=body["verificationId"], code=body["code"])
            return Response({"verificationId": body["verificationId"]})
        return Response({"verificationId": verify_totp(interaction, code=body["code"])})


class WebAuthnRegistrationView(ExperienceView):
    """`POST /verification/web-authn/registration`."""

    def post(self, request: Request) -> Response:
        party = relying_party_of(request._request)
        challenge = start_webauthn_registration(current_interaction(request), party=party)
        return Response({"verificationId": challenge.verification_id, "registrationOptions": challenge.options})


class WebAuthnRegistrationVerificationView(ExperienceView):
    """`POST /verification/web-authn/registration/verify`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, AuthenticatorBody)
        verification_id = finish_webauthn_registration(
            interaction,
            verification_id=body["verificationId"],
            payload=body["payload"],
            party=relying_party_of(request._request),
        )
        return Response({"verificationId": verification_id})


class BackupCodesView(ExperienceView):
    """`POST /verification/backup-code/generate`."""

    def post(self, request: Request) -> Response:
        made = new_backup_codes(current_interaction(request))
        return Response({"verificationId": made.verification_id, "codes": made.codes})


class FactorView(ExperienceView):
    """`POST /profile/mfa`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = parsed(request, FactorBody)
        stage_factor(interaction, factor=body["type"], verification_id=body["verificationId"])
        return Response(status=204)


class PasskeyView(ExperienceView):
    """`POST /profile/mfa/passkey`."""

    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        stage_passkey(interaction, verification_id=parsed(request, VerificationBody)["verificationId"])
        return Response(status=204)


class ChoiceView(ExperienceView):
    """`POST /profile/mfa/<choice>`: what the user decides, each without a body."""

    choose: Callable[[Interaction], None] = staticmethod(accept_mfa)

    def post(self, request: Request) -> Response:
        self.choose(current_interaction(request))
        return Response(status=204)
