"""Addresses of the organization template."""

from django.urls import path

from management_api.organization_template import views

urlpatterns = [
    path("organization-roles", views.RolesView.as_view()),
    path("organization-roles/<str:id>", views.RoleView.as_view()),
    path("organization-roles/<str:id>/scopes", views.RoleScopesView.as_view()),
    path("organization-roles/<str:id>/scopes/<str:organization_scope_id>", views.RoleScopeView.as_view()),
    path("organization-roles/<str:id>/resource-scopes", views.RoleResourceScopesView.as_view()),
    path("organization-roles/<str:id>/resource-scopes/<str:scope_id>", views.RoleResourceScopeView.as_view()),
    path("organization-scopes", views.ScopesView.as_view()),
    path("organization-scopes/<str:id>", views.ScopeView.as_view()),
]
