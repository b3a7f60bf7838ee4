"""Addresses of global roles."""

from django.urls import path

from management_api.roles import views

urlpatterns = [
    path("roles", views.RolesView.as_view()),
    path("roles/<str:id>", views.RoleView.as_view()),
    path("roles/<str:id>/scopes", views.RoleScopesView.as_view()),
    path("roles/<str:id>/scopes/<str:scope_id>", views.RoleScopeView.as_view()),
    path("roles/<str:id>/users", views.RoleUsersView.as_view()),
    path("roles/<str:id>/users/<str:user_id>", views.RoleUserView.as_view()),
    path("roles/<str:id>/applications", views.RoleApplicationsView.as_view()),
    path("roles/<str:id>/applications/<str:application_id>", views.RoleApplicationView.as_view()),
]
