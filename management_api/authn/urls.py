"""Addresses at which other programs ask who presents a token."""

from django.urls import path

from management_api.authn import views

urlpatterns = [
    path("authn/hasura", views.HasuraView.as_view()),
]
