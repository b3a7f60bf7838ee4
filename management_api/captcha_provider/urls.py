"""Addresses of the captcha provider."""

from django.urls import path

from management_api.captcha_provider import views

urlpatterns = [path("captcha-provider", views.CaptchaProviderView.as_view())]
