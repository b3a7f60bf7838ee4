"""Addresses of the tenant's Actions."""

from django.urls import path

from management_api.actions import views

urlpatterns = [
    path("configs/actions", views.ActionsView.as_view()),
    path("configs/actions/test", views.TrialView.as_view()),
    path("configs/actions/<str:action_type>", views.ActionView.as_view()),
]
