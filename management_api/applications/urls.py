"""Addresses of applications."""

from django.urls import path

from management_api.applications import views

urlpatterns = [
    path("applications", views.ApplicationsView.as_view()),
    path("applications/<str:id>", views.ApplicationView.as_view()),
    path("applications/<str:id>/custom-data", views.CustomDataView.as_view()),
    path("applications/<str:id>/legacy-secret", views.LegacySecretView.as_view()),
    path("applications/<str:id>/organizations", views.ApplicationOrganizationsView.as_view()),
    path("applications/<str:id>/roles", views.ApplicationRolesView.as_view()),
    path("applications/<str:id>/roles/<str:role_id>", views.ApplicationRoleView.as_view()),
    path("applications/<str:id>/secrets", views.SecretsView.as_view()),
    path("applications/<str:id>/secrets/<path:name>", views.SecretView.as_view()),
]
