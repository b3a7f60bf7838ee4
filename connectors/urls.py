"""Addresses of this room."""

from django.urls import path

from connectors import views

urlpatterns = [
    path("development/mailbox", views.mailbox, name="development-mailbox"),
    path("development/mailbox/<str:message_id>", views.mailbox_mail, name="development-mail"),
]
