"""Addresses of imports and exports of users."""

from django.urls import path

from management_api.user_imports import views

urlpatterns = [
    path("user-imports", views.UserImportsView.as_view()),
    path("user-imports/<str:id>", views.UserImportView.as_view()),
    path("user-imports/<str:id>/cancel", views.CancelView.as_view()),
    path("user-imports/<str:id>/dry-run", views.DryRunView.as_view()),
    path("user-imports/<str:id>/problems", views.ProblemsView.as_view()),
    path("user-imports/<str:id>/resume", views.ResumeView.as_view()),
    path("user-imports/<str:id>/start", views.StartView.as_view()),
    path("user-exports", views.UserExportView.as_view()),
]
