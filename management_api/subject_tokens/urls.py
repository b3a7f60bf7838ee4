"""Addresses of subject tokens."""

from django.urls import path

from management_api.subject_tokens import views

urlpatterns = [
    path("subject-tokens", views.SubjectTokensView.as_view()),
]
