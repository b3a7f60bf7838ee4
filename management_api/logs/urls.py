"""Addresses of the audit log."""

from django.urls import path

from management_api.logs import views

urlpatterns = [
    path("configs/audit-log", views.RetentionView.as_view()),
    path("logs", views.LogsView.as_view()),
    path("logs/<str:id>", views.LogView.as_view()),
]
