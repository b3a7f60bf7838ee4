"""Addresses of users."""

from django.urls import path

from management_api.users import (
    delivery_problems,
    factors,
    identities,
    passwords,
    personal_access_tokens,
    roles,
    sessions,
    trusted_devices,
    views,
)

urlpatterns = [
    path("secrets/<str:id>", identities.SecretView.as_view()),
    path("users", views.UsersView.as_view()),
    path("users/<str:user_id>", views.UserView.as_view()),
    path("users/<str:user_id>/all-identities", identities.AllIdentitiesView.as_view()),
    path("users/<str:user_id>/custom-data", views.CustomDataView.as_view()),
    path("users/<str:user_id>/delivery-problems", delivery_problems.DeliveryProblemsView.as_view()),
    path("users/<str:user_id>/delivery-problems/<str:channel>", delivery_problems.DeliveryProblemView.as_view()),
    path("users/<str:user_id>/grants", sessions.UserGrantsView.as_view()),
    path("users/<str:user_id>/grants/<str:grant_id>", sessions.UserGrantView.as_view()),
    path("users/<str:user_id>/has-password", passwords.HasPasswordView.as_view()),
    path("users/<str:user_id>/identities", identities.IdentitiesView.as_view()),
    path("users/<str:user_id>/identities/<str:target>", identities.IdentityView.as_view()),
    path("users/<str:user_id>/is-suspended", views.SuspensionView.as_view()),
    path("users/<str:user_id>/logto-configs", factors.FactorPreferencesView.as_view()),
    path("users/<str:user_id>/mfa-verifications", factors.FactorsView.as_view()),
    path("users/<str:user_id>/mfa-verifications/<str:verification_id>", factors.FactorView.as_view()),
    path("users/<str:user_id>/organizations", views.UserOrganizationsView.as_view()),
    path("users/<str:user_id>/password", passwords.PasswordView.as_view()),
    path("users/<str:user_id>/password/expiration", passwords.PasswordExpirationView.as_view()),
    path("users/<str:user_id>/password/verify", passwords.PasswordVerificationView.as_view()),
    path("users/<str:user_id>/personal-access-tokens", personal_access_tokens.PersonalAccessTokensView.as_view()),
    path(
        "users/<str:user_id>/personal-access-tokens/delete",
        personal_access_tokens.PersonalAccessTokenDeletionView.as_view(),
        {"name": "delete"},
    ),
    path(
        "users/<str:user_id>/personal-access-tokens/<path:name>",
        personal_access_tokens.PersonalAccessTokenView.as_view(),
    ),
    path("users/<str:user_id>/profile", views.ProfileView.as_view()),
    path("users/<str:user_id>/roles", roles.UserRolesView.as_view()),
    path("users/<str:user_id>/roles/<str:role_id>", roles.UserRoleView.as_view()),
    path("users/<str:user_id>/sessions", sessions.UserSessionsView.as_view()),
    path("users/<str:user_id>/sessions/<str:session_id>", sessions.UserSessionView.as_view()),
    path("users/<str:user_id>/sso-identities/<str:sso_connector_id>", identities.SsoIdentityView.as_view()),
    path("users/<str:user_id>/trusted-devices", trusted_devices.TrustedDevicesView.as_view()),
    path("users/<str:user_id>/trusted-devices/<str:trusted_device_id>", trusted_devices.TrustedDeviceView.as_view()),
]
