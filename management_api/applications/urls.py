"""Addresses of applications."""

from django.urls import path

from management_api.applications import access_control, consent_views, protected_views, views

urlpatterns = [
    path("applications", views.ApplicationsView.as_view()),
    path("applications/<str:id>", views.ApplicationView.as_view()),
    path("applications/<str:application_id>/access-control", access_control.AccessControlView.as_view()),
    path("applications/<str:application_id>/custom-data", views.CustomDataView.as_view()),
    path("applications/<str:id>/legacy-secret", views.LegacySecretView.as_view()),
    path("applications/<str:id>/organizations", views.ApplicationOrganizationsView.as_view()),
    path(
        "applications/<str:id>/protected-app-metadata/custom-domains",
        protected_views.ProtectedDomainsView.as_view(),
    ),
    path(
        "applications/<str:id>/protected-app-metadata/custom-domains/<str:domain>",
        protected_views.ProtectedDomainView.as_view(),
    ),
    path("applications/<str:application_id>/roles", views.ApplicationRolesView.as_view()),
    path("applications/<str:application_id>/roles/<str:role_id>", views.ApplicationRoleView.as_view()),
    path("applications/<str:id>/secrets", views.SecretsView.as_view()),
    path("applications/<str:id>/secrets/<path:name>", views.SecretView.as_view()),
    path(
        "applications/<str:application_id>/sign-in-experience", consent_views.ApplicationSignInExperienceView.as_view()
    ),
    path("applications/<str:application_id>/user-consent-scopes", consent_views.UserConsentScopesView.as_view()),
    path(
        "applications/<str:application_id>/user-consent-scopes/<str:scope_type>/<str:scope_id>",
        consent_views.UserConsentScopeView.as_view(),
    ),
    path(
        "applications/<str:id>/users/<str:user_id>/consent-organizations",
        consent_views.ConsentedOrganizationsView.as_view(),
    ),
    path(
        "applications/<str:id>/users/<str:user_id>/consent-organizations/<str:organization_id>",
        consent_views.ConsentedOrganizationView.as_view(),
    ),
]
