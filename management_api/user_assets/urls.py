"""Addresses of uploaded files."""

from django.urls import path

from management_api.user_assets import views

urlpatterns = [
    path("user-assets", views.UserAssetsView.as_view()),
    path("user-assets/service-status", views.ServiceStatusView.as_view()),
]
