"""Addresses of one-time tokens."""

from django.urls import path

from management_api.one_time_tokens import views

urlpatterns = [
    path("one-time-tokens", views.OneTimeTokensView.as_view()),
    path("one-time-tokens/verify", views.VerificationView.as_view()),
    path("one-time-tokens/<str:id>", views.OneTimeTokenView.as_view()),
    path("one-time-tokens/<str:id>/status", views.StatusView.as_view()),
]
