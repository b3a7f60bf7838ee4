"""Addresses of the Experience API."""

from django.urls import path

from experience.api import (
    authn,
    consent,
    factor_setup,
    interaction,
    profile,
    provider_verifications,
    second_factors,
    verifications,
    well_known,
)
from experience.services.enterprise_sso import start_sso_sign_in
from experience.services.factor_setup import accept_mfa, skip_mfa, skip_passkey, skip_suggestion, trust_device
from experience.services.social import start_social_sign_in

urlpatterns = [
    path("experience", interaction.InteractionView.as_view()),
    path("experience/interaction", interaction.InteractionStateView.as_view()),
    path("experience/interaction-event", interaction.EventView.as_view()),
    path("experience/identification", interaction.IdentificationView.as_view()),
    path("experience/submit", interaction.SubmissionView.as_view()),
    path("experience/verification/password", verifications.PasswordVerificationView.as_view()),
    path("experience/verification/verification-code", verifications.CodeView.as_view()),
    path("experience/verification/verification-code/verify", verifications.CodeVerificationView.as_view()),
    path("experience/verification/one-time-token/verify", verifications.OneTimeTokenView.as_view()),
    path("experience/sso-connectors", provider_verifications.SsoConnectorsView.as_view()),
    path(
        "experience/verification/social/<str:connector_id>/authorization-uri",
        provider_verifications.StartView.as_view(start=start_social_sign_in),
    ),
    path("experience/verification/social/<str:connector_id>/verify", provider_verifications.SocialReturnView.as_view()),
    path(
        "experience/verification/sso/<str:connector_id>/authorization-uri",
        provider_verifications.StartView.as_view(start=start_sso_sign_in),
    ),
    path("experience/verification/sso/<str:connector_id>/verify", provider_verifications.SsoReturnView.as_view()),
    path("experience/preflight/sign-in-passkey/authentication", second_factors.PasskeyPreflightView.as_view()),
    path("experience/verification/sign-in-passkey/authentication", second_factors.PasskeySignInView.as_view()),
    path(
        "experience/verification/sign-in-passkey/authentication/verify",
        second_factors.PasskeySignInVerificationView.as_view(),
    ),
    path("experience/verification/mfa-verification-code", second_factors.MfaCodeView.as_view()),
    path("experience/verification/mfa-verification-code/verify", second_factors.MfaCodeVerificationView.as_view()),
    path("experience/verification/backup-code/verify", second_factors.BackupCodeVerificationView.as_view()),
    path("experience/verification/web-authn/authentication", second_factors.WebAuthnView.as_view()),
    path("experience/verification/web-authn/authentication/verify", second_factors.WebAuthnVerificationView.as_view()),
    path("experience/verification/totp/secret", factor_setup.TotpSecretView.as_view()),
    path("experience/verification/totp/verify", factor_setup.TotpVerificationView.as_view()),
    path("experience/verification/web-authn/registration", factor_setup.WebAuthnRegistrationView.as_view()),
    path(
        "experience/verification/web-authn/registration/verify",
        factor_setup.WebAuthnRegistrationVerificationView.as_view(),
    ),
    path("experience/verification/backup-code/generate", factor_setup.BackupCodesView.as_view()),
    path("experience/profile/mfa", factor_setup.FactorView.as_view()),
    path("experience/profile/mfa/mfa-enabled", factor_setup.ChoiceView.as_view(choose=accept_mfa)),
    path("experience/profile/mfa/mfa-skipped", factor_setup.ChoiceView.as_view(choose=skip_mfa)),
    path("experience/profile/mfa/mfa-suggestion-skipped", factor_setup.ChoiceView.as_view(choose=skip_suggestion)),
    path("experience/profile/mfa/passkey", factor_setup.PasskeyView.as_view()),
    path("experience/profile/mfa/passkey-skipped", factor_setup.ChoiceView.as_view(choose=skip_passkey)),
    path("experience/profile/mfa/trusted-device", factor_setup.ChoiceView.as_view(choose=trust_device)),
    path("experience/profile", profile.ProfileView.as_view()),
    path("experience/profile/password", profile.NewPasswordView.as_view()),
    path("authn/single-sign-on/saml/<str:connector_id>", authn.assert_sso),
    path("authn/saml/<str:connector_id>", authn.assert_social),
    path("interaction", consent.InteractionView.as_view()),
    path("interaction/consent", consent.ConsentView.as_view()),
    path(".well-known/sign-in-exp", well_known.PublicSettingsView.as_view()),
    path(".well-known/experience", well_known.PublicSettingsView.as_view()),
]
