"""Addresses of the tenant's configuration."""

from django.urls import path

from management_api.configs import admin_console, views

urlpatterns = [
    path("configs/admin-console", admin_console.AdminConsoleView.as_view()),
    path("configs/id-token", views.IdTokenView.as_view()),
    path("configs/organization-sign-in", views.OrganizationSignInView.as_view()),
    path("configs/security-notifications", views.SecurityNotificationsView.as_view()),
    path("configs/oidc/session", views.SessionView.as_view()),
    path("configs/oidc/<str:key_type>", views.KeysView.as_view()),
    path("configs/oidc/<str:key_type>/rotate", views.RotateKeysView.as_view()),
    path("configs/oidc/<str:key_type>/<str:key_id>", views.KeyView.as_view()),
]
