"""Addresses of the Experience API."""

from django.urls import path

from experience.api import consent, interaction, profile, verifications, well_known

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
    path("experience/profile", profile.ProfileView.as_view()),
    path("experience/profile/password", profile.NewPasswordView.as_view()),
    path("interaction", consent.InteractionView.as_view()),
    path("interaction/consent", consent.ConsentView.as_view()),
    path(".well-known/sign-in-exp", well_known.PublicSettingsView.as_view()),
    path(".well-known/experience", well_known.PublicSettingsView.as_view()),
]
