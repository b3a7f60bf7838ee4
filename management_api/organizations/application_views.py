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
from common.rest.operations import CREATED, operation
from common.rest.pagination import paginated
from management_api.organization_template.serializers import ORGANIZATION_ROLE, ListQuery
from management_api.organizations.answers import OrganizationApplication
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

    @operation(
        "ListOrganizationApplications",
        "List the applications of an organization",
        query=ListQuery,
        pages="always",
        answer=[OrganizationApplication],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        places = list_organization_applications(get_organization(id), **self.query())
        return paginated(request, places, organization_application_rows)

    @operation(
        "AddOrganizationApplications",
        "Add applications to an organization",
        body=ApplicationIds,
        answer=CREATED,
        status=201,
        errors=["entity.db_constraint_violated", ("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body()
        add_organization_applications(organization, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationApplications",
        "Replace the applications of an organization",
        body=AnyApplicationIds,
        errors=["entity.db_constraint_violated", ("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body()
        replace_organization_applications(organization, actor=self.actor, **values)
        return no_content()


class ApplicationView(ApiView):
    """One application of an organization."""

    @operation(
        "DeleteOrganizationApplication", "Remove an application from an organization", errors=["entity.not_found"]
    )
    def delete(self, request: Request, id: str, application_id: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_organization_application(organization, application_id=application_id, actor=self.actor)
        return no_content()


class ApplicationsRolesView(ApiView):
    """Gives several applications several roles."""

    @operation(
        "AssignOrganizationRolesToApplications",
        "Give several applications several roles in an organization",
        body=ApplicationsRoles,
        answer=CREATED,
        status=201,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body()
        assign_roles_to_organization_applications(organization, actor=self.actor, **values)
        return created()


class ApplicationRolesView(ApiView):
    """The roles of one application in an organization."""

    @operation(
        "ListOrganizationApplicationRoles",
        "List the roles of an application in an organization",
        pages="optional",
        answer=[ORGANIZATION_ROLE],
        errors=["entity.not_found", "organization.require_membership"],
    )
    def get(self, request: Request, id: str, application_id: str) -> Response:
        place = get_organization_application(_organization(id), application_id)
        roles = list_organization_application_roles(place)
        return paginated(request, roles, ORGANIZATION_ROLE, optional=True)

    @operation(
        "AssignOrganizationRolesToApplication",
        "Give an application roles in an organization",
        body=RoleIds,
        answer=CREATED,
        status=201,
        errors=[
            "entity.db_constraint_violated",
            ("entity.relation_foreign_key_not_found", 422),
            "organization.require_membership",
        ],
    )
    def post(self, request: Request, id: str, application_id: str) -> HttpResponse:
        organization = get_organization_application(_organization(id), application_id).organization
        values = self.body()
        assign_organization_application_roles(organization, application_id=application_id, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationApplicationRoles",
        "Replace the roles of an application in an organization",
        body=RoleIds,
        errors=["entity.not_found", "organization.require_membership"],
    )
    def put(self, request: Request, id: str, application_id: str) -> Response:
        organization = get_organization_application(_organization(id), application_id).organization
        values = self.body()
        replace_organization_application_roles(organization, application_id=application_id, actor=self.actor, **values)
        return no_content()


class ApplicationRoleView(ApiView):
    """One role of one application in an organization."""

    @operation(
        "DeleteOrganizationApplicationRole",
        "Take a role in an organization from an application",
        errors=["entity.not_found", "organization.require_membership"],
    )
    def delete(self, request: Request, id: str, application_id: str, organization_role_id: str) -> Response:
        remove_organization_application_role(
            _organization(id),
            application_id=application_id,
            role_id=organization_role_id,
            actor=self.actor,
        )
        return no_content()
