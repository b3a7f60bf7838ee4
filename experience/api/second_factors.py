"""`/api/experience/verification`: second factors, and passkeys to sign in with."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice, JsonObject, Text
from common.rest.operations import operation
from experience.api import answers
from experience.api.base import ExperienceView, current_interaction, pending_request
from experience.api.serializers import MAX_ID, IdentifierField
from experience.relying_party import relying_party_of
from experience.services.passkeys import finish_passkey_sign_in, preflight_options, start_passkey_sign_in
from experience.services.second_factors import (
    finish_webauthn_verification,
    send_mfa_code,
    start_webauthn_verification,
    verify_backup_code,
    verify_mfa_code,
)


class CodeBody(serializers.Serializer[Any]):
    code = Text(min_length=1, max_length=MAX_ID)


class MfaCodeBody(serializers.Serializer[Any]):
    identifierType = Choice(choices=["email", "phone"])


class MfaCodeVerificationBody(MfaCodeBody):
    verificationId = Text(max_length=MAX_ID)
    code = Text(max_length=MAX_ID)


class AuthenticatorBody(serializers.Serializer[Any]):
    verificationId = Text(max_length=MAX_ID)
    payload = JsonObject()


class PasskeyBody(serializers.Serializer[Any]):
    verificationId = Text(max_length=MAX_ID, required=False)
    payload = JsonObject()


class PasskeyIdentifierBody(serializers.Serializer[Any]):
    identifier = IdentifierField()


class MfaCodeView(ExperienceView):
    """`POST /verification/mfa-verification-code`."""

    @operation(
        "CreateMfaVerificationCode", "Send a code to a second factor", body=MfaCodeBody, answer=answers.Verification
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        channel = self.body()["identifierType"]
        return Response({"verificationId": send_mfa_code(interaction, channel=channel)})


class MfaCodeVerificationView(ExperienceView):
    """`POST /verification/mfa-verification-code/verify`."""

    @operation(
        "VerifyMfaVerificationCode",
        "Verify the code of a second factor",
        body=MfaCodeVerificationBody,
        answer=answers.Verification,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = verify_mfa_code(
            interaction,
            channel=body["identifierType"],
            verification_id=body["verificationId"],
            code=body["code"],
        )
        return Response({"verificationId": verification_id})


class BackupCodeVerificationView(ExperienceView):
    """`POST /verification/backup-code/verify`."""

    @operation("VerifyBackupCode", "Verify a backup code", body=CodeBody, answer=answers.Verification)
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        return Response({"verificationId": verify_backup_code(interaction, code=self.body()["code"])})


class WebAuthnView(ExperienceView):
    """`POST /verification/web-authn/authentication`."""

    @operation(
        "CreateWebAuthnAuthentication",
        "Start the verification of a passkey as a second factor",
        answer=answers.AuthenticationChallenge,
    )
    def post(self, request: Request) -> Response:
        party = relying_party_of(request._request)
        challenge = start_webauthn_verification(current_interaction(request), party=party)
        return Response({"verificationId": challenge.verification_id, "authenticationOptions": challenge.options})


class WebAuthnVerificationView(ExperienceView):
    """`POST /verification/web-authn/authentication/verify`."""

    @operation(
        "VerifyWebAuthnAuthentication",
        "Verify a passkey as a second factor",
        body=AuthenticatorBody,
        answer=answers.Verification,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = finish_webauthn_verification(
            interaction,
            verification_id=body["verificationId"],
            payload=body["payload"],
            party=relying_party_of(request._request),
        )
        return Response({"verificationId": verification_id})


class PasskeyPreflightView(ExperienceView):
    """`POST /preflight/sign-in-passkey/authentication`: it needs an authorization request, but no journey."""

    @operation(
        "CreateSignInPasskeyPreflight",
        "Get the options of a passkey sign-in before a journey begins",
        answer=answers.AuthenticationOptions,
    )
    def post(self, request: Request) -> Response:
        options = preflight_options(pending_request(request), party=relying_party_of(request._request))
        return Response({"authenticationOptions": options})


class PasskeySignInView(ExperienceView):
    """`POST /verification/sign-in-passkey/authentication`."""

    @operation(
        "CreateSignInPasskeyAuthentication",
        "Start a passkey sign-in",
        body=PasskeyIdentifierBody,
        answer=answers.AuthenticationChallenge,
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        identifier = self.body()["identifier"]
        party = relying_party_of(request._request)
        challenge = start_passkey_sign_in(interaction, identifier=identifier, party=party)
        return Response({"verificationId": challenge.verification_id, "authenticationOptions": challenge.options})


class PasskeySignInVerificationView(ExperienceView):
    """`POST /verification/sign-in-passkey/authentication/verify`."""

    @operation(
        "VerifySignInPasskeyAuthentication", "Verify a passkey sign-in", body=PasskeyBody, answer=answers.Verification
    )
    def post(self, request: Request) -> Response:
        interaction = current_interaction(request)
        body = self.body()
        verification_id = finish_passkey_sign_in(
            interaction,
            verification_id=body.get("verificationId"),
            payload=body["payload"],
            party=relying_party_of(request._request),
        )
        return Response({"verificationId": verification_id})
