"""Addresses of this room."""

from django.urls import URLPattern, path

from portal.api import views
from portal.related_origins import related_origins

urlpatterns: list[URLPattern] = [
    path("api/my-account", views.MyAccountView.as_view()),
    path("api/my-account/profile", views.MyProfileView.as_view()),
    path(".well-known/webauthn", related_origins),
]
