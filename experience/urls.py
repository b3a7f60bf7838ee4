"""Addresses of this room."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("experience.api.urls")),
    path("", include("experience.pages.urls")),
]
