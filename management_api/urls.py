"""Every address of the Management API, area by area."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from management_api.views import StatusView, not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("status", StatusView.as_view()),
    path("", include("management_api.openapi.urls")),
    path("", include("management_api.sign_in_experience.urls")),
    path("", include("management_api.captcha_provider.urls")),
    path("", include("management_api.connectors.urls")),
    path("", include("management_api.unverified_clients.urls")),
    path("", include("management_api.actions.urls")),
    path("", include("management_api.configs.urls")),
    path("", include("management_api.configuration.urls")),
    path("", include("management_api.domains.urls")),
    path("", include("management_api.jwt_customizer.urls")),
    path("", include("management_api.account_center.urls")),
    path("", include("management_api.applications.urls")),
    path("", include("management_api.authn.urls")),
    path("", include("management_api.custom_profile_fields.urls")),
    path("", include("management_api.dashboard.urls")),
    path("", include("management_api.hooks.urls")),
    path("", include("management_api.log_streams.urls")),
    path("", include("management_api.logs.urls")),
    path("", include("management_api.custom_phrases.urls")),
    path("", include("management_api.one_time_tokens.urls")),
    path("", include("management_api.organization_invitations.urls")),
    path("", include("management_api.organization_template.urls")),
    path("", include("management_api.organizations.urls")),
    path("", include("management_api.resources.urls")),
    path("", include("management_api.roles.urls")),
    path("", include("management_api.saml_applications.urls")),
    path("", include("management_api.sentinel_activities.urls")),
    path("", include("management_api.sso_connectors.urls")),
    path("", include("management_api.subject_tokens.urls")),
    path("", include("management_api.systems.urls")),
    path("", include("management_api.user_assets.urls")),
    path("", include("management_api.user_imports.urls")),
    path("", include("management_api.users.urls")),
    path("", include("management_api.verification_codes.urls")),
    re_path("", not_found),
]
