"""Addresses of the installation's settings."""

from django.urls import path

from management_api.systems import views

urlpatterns = [path("systems/application", views.ApplicationSystemView.as_view())]
