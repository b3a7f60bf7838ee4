"""Addresses of the account center's settings."""

from django.urls import path

from management_api.account_center import views

urlpatterns = [
    path("account-center", views.AccountCenterView.as_view()),
    path(".well-known/account-center", views.PublicAccountCenterView.as_view()),
]
