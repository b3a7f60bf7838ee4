"""Addresses of domains."""

from django.urls import path

from management_api.domains import views

urlpatterns = [
    path("domains", views.DomainsView.as_view()),
    path("domains/cleanup", views.CleanUpView.as_view()),
    path("domains/<str:id>", views.DomainView.as_view()),
    path("domains/<str:id>/verification-files", views.VerificationFilesView.as_view()),
]
