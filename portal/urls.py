"""Addresses of this room."""

from django.urls import URLPattern, path

from portal.api import views

urlpatterns: list[URLPattern] = [
    path("api/my-account", views.MyAccountView.as_view()),
    path("api/my-account/profile", views.MyProfileView.as_view()),
]
