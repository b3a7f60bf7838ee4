"""The audit log's keys by which other tools know it: each is written by what it names, or it is said why none is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from connectors.services.connectors import create_connector
from events.models import LISTED_PREFIXES, AuditLog
from experience.models import Interaction
from experience.records import Identifier
from experience.services import (
    enterprise_sso,
    factor_setup,
    identification,
    passkeys,
    profile,
    second_factors,
    social,
    submission,
    verification,
)
from experience.services.captcha import verify_captcha
from experience.services.interaction import change_event, start_interaction
from experience.services.settings import update_sign_in_experience
from identity.factors.webauthn.ceremony import RelyingParty
from identity.models import User
from identity.services.trusted_devices import create_trusted_device, use_trusted_device
from oidc.authorization.pending import open_request, resume_request
from oidc.models import AuthorizationRequest, Grant
from oidc.sessions.grants import revoke_user_grant
from tests.connectors.enterprise.initech import create_saml_connector

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"
PARTY = RelyingParty("localhost", ORIGIN, ())
ALICE, EMAIL = Identifier("username", "alice"), Identifier("email", "alice@example.com")
PHONE = Identifier("phone", "12025550101")
NONE = "none"

# --- The keys --------------------------------------------------------------------------------------------------------
EVENTS = ("SignIn", "Register", "ForgotPassword")
FACTORS = ("Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode")
PROOFS = (
    *("Password", "EmailVerificationCode", "PhoneVerificationCode", "MfaEmailVerificationCode"),
    *("MfaPhoneVerificationCode", "Social", "EnterpriseSso", "Totp", "WebAuthn", "SignInPasskey", "BackupCode"),
    *("NewPasswordIdentity", "OneTimeToken"),
)
ACTIONS = ("Create", "Update", "Submit", "Delete", "End")
STEPS = (
    *("Create", "Update", "Submit", "Profile.Update", "Identifier.Submit", "SignInPasskey.Submit"),
    *(f"BindMfa.{factor}.Submit" for factor in FACTORS),
    *(f"Verification.{proof}.{action}" for proof, action in product(PROOFS, ACTIONS)),
)
LEGACY_STEPS = (
    *("Profile.Create", "Profile.Delete"),
    *(f"BindMfa.{factor}.Create" for factor in FACTORS),
    *(f"Mfa.{factor}.{action}" for factor, action in product(FACTORS, ("Create", "Submit"))),
    *(f"Identifier.{kind}.{action}" for kind, action in product(("VerificationCode", "Social"), ("Create", "Submit"))),
    *("Identifier.SingleSignOn.Create", "Identifier.SingleSignOn.Submit", "Identifier.Password.Submit"),
)
OTHERS = (
    *("Interaction.Create", "Interaction.End", "Interaction.Create.Captcha"),
    "Interaction.SignIn.Verification.IdpInitiatedSso.Create",
    *("ExchangeTokenBy.AuthorizationCode", "ExchangeTokenBy.RefreshToken", "ExchangeTokenBy.ClientCredentials"),
    *("ExchangeTokenBy.TokenExchange", "ExchangeTokenBy.DeviceCode", "ExchangeTokenBy.Unknown"),
    *("RevokeToken", "RevokeGrants", "JwtCustomizer.AccessToken", "JwtCustomizer.ClientCredentials"),
    *("Action.PostFirstFactorVerification", "Action.PostSignIn"),
    *("SamlApplication.AuthnRequest", "SamlApplication.Callback", "TrustedDevice.Created", "TrustedDevice.Used"),
    *("TriggerHook", "Unknown"),
)

# --- What is not written, and why ------------------------------------------------------------------------------------
_AT_ONCE = "checked in the one step that proves it: nothing is begun"
_ONE_WAY = "a proof is begun and submitted; what is begun again takes its place, and what is left goes with the journey"
UNWRITTEN_STEPS: dict[str, str] = {
    "Verification.Password.Create": _AT_ONCE,
    "Verification.OneTimeToken.Create": _AT_ONCE,
    "Verification.NewPasswordIdentity.Create": _AT_ONCE,
    **{f"Verification.{proof}.{action}": _ONE_WAY for proof, action in product(PROOFS, ("Update", "Delete", "End"))},
    **dict.fromkeys(LEGACY_STEPS, "of the API for sign-in pages before the one that Gatehouse has"),
}
UNWRITTEN: dict[str, str] = {
    "TriggerHook": "deliveries have a table of their own: GET /api/hooks/{id}/recent-logs tells them by this key",
    "Unknown": "an entry is written by what happened, which has a name",
}
# Need a room's own world: the test there that reads the key.
READ_ELSEWHERE: dict[str, str] = {
    "Interaction.SignIn.Verification.IdpInitiatedSso.Create": "experience/providers/test_idp_initiated.py",
    "JwtCustomizer.AccessToken": "oidc/custom_claims/test_token_claims.py",
    "JwtCustomizer.ClientCredentials": "oidc/custom_claims/test_token_claims.py",
    "Action.PostFirstFactorVerification": "experience/actions/test_first_factor.py",
    "Action.PostSignIn": "experience/actions/test_sign_in.py",
    "SamlApplication.AuthnRequest": "saml/test_sign_in.py",
    "SamlApplication.Callback": "saml/test_sign_in.py",
}


# --- What writes the others ------------------------------------------------------------------------------------------
@dataclass
class World:
    """Alice in a journey, and what others are that take part in it."""

    alice: User
    application: Application
    social: str
    enterprise: str

    def open(self) -> AuthorizationRequest:
        parameters = {"client_id": self.application.id, "scope": "openid"}
        return open_request(
            application_id=self.application.id,
            parameters=parameters,
            origin=ORIGIN,
            prompt=AuthorizationRequest.Prompt.LOGIN,
            reasons=[],
            session=None,
        )

    def begin(self, event: str) -> Interaction:
        """Begin a journey in which Alice is known already."""
        journey = start_interaction(self.open(), event=event)
        journey.user = self.alice
        journey.save()
        return journey


Take = Callable[[Interaction, World], Any]


def _ask_social(journey: Interaction, world: World) -> str:
    uri = f"{ORIGIN}/callback/{world.social}"
    begun = social.start_social_sign_in(journey, connector_id=world.social, state="s", redirect_uri=uri)
    return begun.verification_id


def _ask_enterprise(journey: Interaction, world: World) -> str:
    uri = f"{ORIGIN}/callback/{world.enterprise}"
    begun = enterprise_sso.start_sso_sign_in(journey, connector_id=world.enterprise, state="s", redirect_uri=uri)
    return begun.verification_id


def _answer_social(journey: Interaction, world: World) -> None:
    asked = _ask_social(journey, world)
    social.finish_social_sign_in(journey, connector_id=world.social, data={}, verification_id=asked)


def _answer_enterprise(journey: Interaction, world: World) -> None:
    asked = _ask_enterprise(journey, world)
    enterprise_sso.finish_sso_sign_in(journey, connector_id=world.enterprise, data={}, verification_id=asked)


# Refusals are written by the same key.
TAKEN: dict[str, Take] = {
    "Create": lambda j, w: None,
    "Update": lambda j, w: change_event(j, event=j.event),
    "Submit": lambda j, w: submission.submit(j),
    "Profile.Update": lambda j, w: profile.set_username(j, username="alice2"),
    "Identifier.Submit": lambda j, w: identification.identify(
        j, verification_id=None if j.event == "Register" else NONE
    ),
    "SignInPasskey.Submit": lambda j, w: factor_setup.stage_passkey(j, verification_id=NONE),
    **{
        f"BindMfa.{factor}.Submit": lambda j, w, factor=factor: factor_setup.stage_factor(  # type: ignore[misc]  # the type of a default
            j, factor=factor, verification_id=NONE
        )
        for factor in FACTORS
    },
    "Verification.Password.Submit": lambda j, w: verification.verify_password(j, identifier=ALICE, password=NONE),
    "Verification.NewPasswordIdentity.Submit": lambda j, w: verification.verify_new_password(
        j, identifier=Identifier("username", "carol"), password=NONE
    ),
    "Verification.EmailVerificationCode.Create": lambda j, w: verification.send_code(
        j, identifier=EMAIL, event=j.event
    ),
    "Verification.EmailVerificationCode.Submit": lambda j, w: verification.verify_code(
        j, identifier=EMAIL, verification_id=NONE, code="123456"
    ),
    "Verification.PhoneVerificationCode.Create": lambda j, w: verification.send_code(
        j, identifier=PHONE, event=j.event
    ),
    "Verification.PhoneVerificationCode.Submit": lambda j, w: verification.verify_code(
        j, identifier=PHONE, verification_id=NONE, code="123456"
    ),
    "Verification.OneTimeToken.Submit": lambda j, w: verification.verify_one_time_token(
        j, identifier=EMAIL, token=NONE
    ),
    "Verification.MfaEmailVerificationCode.Create": lambda j, w: second_factors.send_mfa_code(j, channel="email"),
    "Verification.MfaEmailVerificationCode.Submit": lambda j, w: second_factors.verify_mfa_code(
        j, channel="email", verification_id=NONE, code="123456"
    ),
    "Verification.MfaPhoneVerificationCode.Create": lambda j, w: second_factors.send_mfa_code(j, channel="phone"),
    "Verification.MfaPhoneVerificationCode.Submit": lambda j, w: second_factors.verify_mfa_code(
        j, channel="phone", verification_id=NONE, code="123456"
    ),
    "Verification.Social.Create": _ask_social,
    "Verification.Social.Submit": _answer_social,
    "Verification.EnterpriseSso.Create": _ask_enterprise,
    "Verification.EnterpriseSso.Submit": _answer_enterprise,
    "Verification.Totp.Create": lambda j, w: factor_setup.new_totp_secret(j, issuer="localhost"),
    "Verification.Totp.Submit": lambda j, w: second_factors.verify_totp(j, code="123456"),
    "Verification.WebAuthn.Create": lambda j, w: second_factors.start_webauthn_verification(j, party=PARTY),
    "Verification.WebAuthn.Submit": lambda j, w: second_factors.finish_webauthn_verification(
        j, verification_id=NONE, payload={}, party=PARTY
    ),
    "Verification.SignInPasskey.Create": lambda j, w: passkeys.start_passkey_sign_in(j, identifier=ALICE, party=PARTY),
    "Verification.SignInPasskey.Submit": lambda j, w: passkeys.finish_passkey_sign_in(
        j, verification_id=NONE, payload={}, party=PARTY
    ),
    "Verification.BackupCode.Create": lambda j, w: factor_setup.new_backup_codes(j),
    "Verification.BackupCode.Submit": lambda j, w: second_factors.verify_backup_code(j, code=NONE),
}


def _exchange(grant_type: str) -> Callable[[World, Client], Any]:
    return lambda world, client: client.post(
        "/oidc/token", {"grant_type": grant_type, "client_id": world.application.id}
    )


def _trust(world: World, client: Client) -> str:
    return create_trusted_device(world.alice, days=30, agent="").token


def _revoke_grants(world: World, client: Client) -> None:
    ends = now() + timedelta(days=1)
    grant = Grant.objects.create(user=world.alice, application=world.application, expires_at=ends)
    revoke_user_grant(world.alice.id, grant.id, actor=SYSTEM)


DONE: dict[str, Callable[[World, Client], Any]] = {
    "Interaction.Create": lambda world, client: world.open(),
    "Interaction.Create.Captcha": lambda world, client: verify_captcha(NONE, pending=world.open()),
    "Interaction.End": lambda world, client: resume_request(world.open().id),
    "ExchangeTokenBy.AuthorizationCode": _exchange("authorization_code"),
    "ExchangeTokenBy.RefreshToken": _exchange("refresh_token"),
    "ExchangeTokenBy.ClientCredentials": _exchange("client_credentials"),
    "ExchangeTokenBy.TokenExchange": _exchange("urn:ietf:params:oauth:grant-type:token-exchange"),
    "ExchangeTokenBy.DeviceCode": _exchange("urn:ietf:params:oauth:grant-type:device_code"),
    "ExchangeTokenBy.Unknown": _exchange("implicit"),
    "RevokeToken": lambda world, client: client.post("/oidc/token/revocation", {"client_id": world.application.id}),
    "RevokeGrants": _revoke_grants,
    "TrustedDevice.Created": _trust,
    "TrustedDevice.Used": lambda world, client: use_trusted_device(world.alice, _trust(world, client)),
}


@pytest.fixture
def world(alice: User) -> World:
    for channel in ("email", "sms"):
        create_connector(factory_id=f"development-mailbox-{channel}", config={}, actor=SYSTEM)
    config = {"clientId": "gatehouse", "clientSecret": "s3cret"}
    github = create_connector(factory_id="github-universal", config=config, actor=SYSTEM)
    factors = {"factors": list(FACTORS), "policy": "PromptAtSignInAndSignUp"}
    settings = {"mfa": factors, "passkeySignIn": {"enabled": True}, "singleSignOnEnabled": True}
    update_sign_in_experience(settings, actor=SYSTEM)
    application = create_application(name="Shop", type="SPA", actor=SYSTEM)
    return World(alice, application, github.id, create_saml_connector().id)


def _written() -> set[str]:
    return set(AuditLog.objects.values_list("key", flat=True))


@pytest.mark.parametrize("event", EVENTS)
def test_every_step_of_a_journey_is_written(world: World, event: str) -> None:
    for key, take in TAKEN.items():
        AuditLog.objects.all().delete()
        journey = world.begin(event)
        with suppress(AppError):
            take(journey, world)
        assert f"Interaction.{event}.{key}" in _written(), key


def test_everything_else_is_written(world: World, client: Client) -> None:
    for key, do in DONE.items():
        AuditLog.objects.all().delete()
        with suppress(AppError):
            do(world, client)
        assert key in _written(), key


@pytest.mark.parametrize(("key", "file"), READ_ELSEWHERE.items())
def test_what_needs_a_world_of_its_own_is_read_there(key: str, file: str) -> None:
    assert f'"{key}"' in (Path(__file__).parent.parent / file).read_text()


def test_every_key_is_written_or_it_is_said_why_not() -> None:
    assert sorted([*TAKEN, *UNWRITTEN_STEPS]) == sorted([*STEPS, *LEGACY_STEPS])
    assert sorted([*DONE, *READ_ELSEWHERE, *UNWRITTEN]) == sorted(OTHERS)


def test_the_keys_are_listed() -> None:
    """Trusted devices and deliveries are read with their user and their webhook."""
    apart = ("TrustedDevice.", "TriggerHook")
    assert [key for key in OTHERS if not key.startswith((*LISTED_PREFIXES, *apart))] == []
