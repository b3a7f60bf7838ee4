"""Addresses of this room."""

from django.urls import path

from connectors import views
from connectors.enterprise.views import service_provider_metadata
from connectors.event_views import EventsView

urlpatterns = [
    path("api/connectors/<str:connector_id>/events", EventsView.as_view()),
    path("enterprise-sso/<str:connector_id>", service_provider_metadata),
    path("development/mailbox", views.mailbox, name="development-mailbox"),
    path("development/mailbox/<str:message_id>", views.mailbox_mail, name="development-mail"),
]
