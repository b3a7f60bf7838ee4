"""Addresses of lockouts."""

from django.urls import path

from management_api.sentinel_activities import views

urlpatterns = [path("sentinel-activities/delete", views.UnlockView.as_view())]
