"""Addresses of organization invitations."""

from django.urls import path

from management_api.organization_invitations import views

urlpatterns = [
    path("organization-invitations", views.InvitationsView.as_view()),
    path("organization-invitations/<str:id>", views.InvitationView.as_view()),
    path("organization-invitations/<str:id>/message", views.MessageView.as_view()),
    path("organization-invitations/<str:id>/status", views.StatusView.as_view()),
]
