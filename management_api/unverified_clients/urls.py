"""Addresses of what concerns clients that nobody here has checked."""

from django.urls import path

from management_api.unverified_clients import views

urlpatterns = [
    path("configs/cimd", views.CimdView.as_view()),
    path("configs/dynamic-client-registration", views.RegistrationView.as_view()),
    path("cimd/user-consent-scopes", views.CeilingView.as_view()),
    path("cimd/user-consent-scopes/<str:scope_type>/<str:scope_id>", views.CeilingEntryView.as_view()),
    path("initial-access-tokens", views.InitialAccessTokensView.as_view()),
    path("initial-access-tokens/<str:id>", views.InitialAccessTokenView.as_view()),
]
