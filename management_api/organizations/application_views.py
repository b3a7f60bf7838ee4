"""`/api/organizations/{id}/applications`: machine-to-machine applications in an organization, and their roles."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from applications.selectors import (
    get_organization_application,
    list_organization_application_roles,
    list_organization_applications,
)
from applications.services.organization_applications import (
    add_organization_applications,
    assign_organization_application_roles,
    assign_roles_to_organization_applications,
    remove_organization_application,
    remove_organization_application_role,
    replace_organization_application_roles,
    replace_organization_applications,
)
from common.rest.pagination import paginated
from management_api.organization_template.serializers import ORGANIZATION_ROLE, ListQuery
from management_api.organizations.serializers import (
    AnyApplicationIds,
    ApplicationIds,
    ApplicationsRoles,
    RoleIds,
    organization_application_rows,
)
from management_api.views import ApiView, created, no_content
from organizations.models import Organization
from organizations.selectors import get_organization, get_referenced_organization


def _organization(id: str) -> Organization:
    """Return the organization of an application's roles; one that is unknown has no applications."""
    return get_organization(id, code="organization.require_membership")


class ApplicationsView(ApiView):
    """Lists, adds and replaces an organization's applications."""

    def get(self, request: Request, id: str) -> Response:
        places = list_organization_applications(get_organization(id), **self.query(ListQuery))
        return paginated(request, places, organization_application_rows)

    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body(ApplicationIds)
        add_organization_applications(organization, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body(AnyApplicationIds)
        replace_organization_applications(organization, actor=self.actor, **values)
        return no_content()


class ApplicationView(ApiView):
    """One application of an organization."""

    def delete(self, request: Request, id: str, application_id: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_organization_application(organization, application_id=application_id, actor=self.actor)
        return no_content()


class ApplicationsRolesView(ApiView):
    """Gives several applications several roles."""

    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body(ApplicationsRoles)
        assign_roles_to_organization_applications(organization, actor=self.actor, **values)
        return created()


class ApplicationRolesView(ApiView):
    """The roles of one application in an organization."""

    def get(self, request: Request, id: str, application_id: str) -> Response:
        place = get_organization_application(_organization(id), application_id)
        roles = list_organization_application_roles(place)
        return paginated(request, roles, ORGANIZATION_ROLE, optional=True)

    def post(self, request: Request, id: str, application_id: str) -> HttpResponse:
        organization = get_organization_application(_organization(id), application_id).organization
        values = self.body(RoleIds)
        assign_organization_application_roles(organization, application_id=application_id, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str, application_id: str) -> Response:
        organization = get_organization_application(_organization(id), application_id).organization
        values = self.body(RoleIds)
        replace_organization_application_roles(organization, application_id=application_id, actor=self.actor, **values)
        return no_content()


class ApplicationRoleView(ApiView):
    """One role of one application in an organization."""

    def delete(self, request: Request, id: str, application_id: str, role_id: str) -> Response:
        remove_organization_application_role(
            _organization(id),
            application_id=application_id,
            role_id=role_id,
            actor=self.actor,
        )
        return no_content()
