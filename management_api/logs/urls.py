"""Addresses of the audit log."""

from django.urls import path

from management_api.logs import views

urlpatterns = [
    path("logs", views.LogsView.as_view()),
    path("logs/<str:id>", views.LogView.as_view()),
]
