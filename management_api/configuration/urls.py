"""Addresses of the configuration."""

from django.urls import path

from management_api.configuration import views

urlpatterns = [
    path("configuration", views.ConfigurationView.as_view()),
    path("configuration/plan", views.PlanView.as_view()),
    path("configuration/apply", views.ApplyView.as_view()),
]
