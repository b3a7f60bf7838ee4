"""Addresses of streams of the audit log."""

from django.urls import path

from management_api.log_streams import views

urlpatterns = [
    path("log-streams", views.StreamsView.as_view()),
    path("log-streams/<str:id>", views.StreamView.as_view()),
    path("log-streams/<str:id>/test", views.TestView.as_view()),
    path("log-streams/<str:id>/resume", views.ResumptionView.as_view()),
]
