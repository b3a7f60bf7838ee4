"""Addresses of users."""

from django.urls import path

from management_api.users import passwords, roles, views

urlpatterns = [
    path("users", views.UsersView.as_view()),
    path("users/<str:user_id>", views.UserView.as_view()),
    path("users/<str:user_id>/custom-data", views.CustomDataView.as_view()),
    path("users/<str:user_id>/has-password", passwords.HasPasswordView.as_view()),
    path("users/<str:user_id>/is-suspended", views.SuspensionView.as_view()),
    path("users/<str:user_id>/organizations", views.UserOrganizationsView.as_view()),
    path("users/<str:user_id>/password", passwords.PasswordView.as_view()),
    path("users/<str:user_id>/password/expiration", passwords.PasswordExpirationView.as_view()),
    path("users/<str:user_id>/password/verify", passwords.PasswordVerificationView.as_view()),
    path("users/<str:user_id>/profile", views.ProfileView.as_view()),
    path("users/<str:user_id>/roles", roles.UserRolesView.as_view()),
    path("users/<str:user_id>/roles/<str:role_id>", roles.UserRoleView.as_view()),
]
