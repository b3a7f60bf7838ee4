"""Addresses of verification codes."""

from django.urls import path

from management_api.verification_codes import views

urlpatterns = [
    path("verification-codes", views.VerificationCodesView.as_view()),
    path("verification-codes/verify", views.VerificationView.as_view()),
]
