"""Addresses of organizations."""

from django.urls import path

from management_api.organizations import application_views, jit_views, member_views, views

urlpatterns = [
    path("organizations", views.OrganizationsView.as_view()),
    path("organizations/<str:id>", views.OrganizationView.as_view()),
    path("organizations/<str:id>/users", member_views.MembersView.as_view()),
    path("organizations/<str:id>/users/roles", member_views.MembersRolesView.as_view()),
    path("organizations/<str:id>/users/<str:user_id>", member_views.MemberView.as_view()),
    path("organizations/<str:id>/users/<str:user_id>/roles", member_views.MemberRolesView.as_view()),
    path(
        "organizations/<str:id>/users/<str:user_id>/roles/<str:organization_role_id>",
        member_views.MemberRoleView.as_view(),
    ),
    path("organizations/<str:id>/users/<str:user_id>/scopes", member_views.MemberScopesView.as_view()),
    path("organizations/<str:id>/applications", application_views.ApplicationsView.as_view()),
    path("organizations/<str:id>/applications/roles", application_views.ApplicationsRolesView.as_view()),
    path("organizations/<str:id>/applications/<str:application_id>", application_views.ApplicationView.as_view()),
    path(
        "organizations/<str:id>/applications/<str:application_id>/roles",
        application_views.ApplicationRolesView.as_view(),
    ),
    path(
        "organizations/<str:id>/applications/<str:application_id>/roles/<str:organization_role_id>",
        application_views.ApplicationRoleView.as_view(),
    ),
    path("organizations/<str:id>/jit/email-domains", jit_views.EmailDomainsView.as_view()),
    path("organizations/<str:id>/jit/email-domains/<str:email_domain>", jit_views.EmailDomainView.as_view()),
    path("organizations/<str:id>/jit/sso-connectors", jit_views.SsoConnectorsView.as_view()),
    path("organizations/<str:id>/jit/sso-connectors/<str:sso_connector_id>", jit_views.SsoConnectorView.as_view()),
    path("organizations/<str:id>/jit/roles", jit_views.RolesView.as_view()),
    path("organizations/<str:id>/jit/roles/<str:organization_role_id>", jit_views.RoleView.as_view()),
]
