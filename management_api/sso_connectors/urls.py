"""Addresses of enterprise connectors."""

from django.urls import path

from management_api.sso_connectors import views

urlpatterns = [
    path("sso-connector-providers", views.ProvidersView.as_view()),
    path("sso-connectors", views.ConnectorsView.as_view()),
    path("sso-connectors/<str:id>", views.ConnectorView.as_view()),
    path("sso-connectors/<str:id>/signing-keys", views.SigningKeysView.as_view()),
    path("sso-connectors/<str:id>/signing-keys/<str:key_id>", views.SigningKeyView.as_view()),
    path("sso-connectors/<str:id>/idp-initiated-auth-config", views.IdpInitiatedView.as_view()),
]
