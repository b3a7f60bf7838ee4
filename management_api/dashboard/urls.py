"""Addresses of a tenant's figures."""

from django.urls import path

from management_api.dashboard import views

urlpatterns = [
    path("dashboard/users/total", views.TotalUsersView.as_view()),
    path("dashboard/users/new", views.NewUsersView.as_view()),
    path("dashboard/users/active", views.ActiveUsersView.as_view()),
    path("dashboard/figures", views.FiguresView.as_view()),
]
