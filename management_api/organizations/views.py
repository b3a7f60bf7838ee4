"""`/api/organizations`: organizations."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from management_api.organization_template.serializers import ListQuery
from management_api.organizations.answers import ORGANIZATION_OVERVIEW
from management_api.organizations.serializers import (
    ORGANIZATION,
    OrganizationInput,
    featured_organization_rows,
)
from management_api.views import ApiView, no_content
from organizations.selectors import get_organization, list_organizations
from organizations.services.organizations import create_organization, delete_organization, update_organization


class OrganizationsView(ApiView):
    """Lists and creates organizations."""

    @operation(
        "ListOrganizations",
        "List organizations",
        query=ListQuery,
        flags={"showFeatured": "Also give the number of members, and a few of them."},
        pages="always",
        answer=[ORGANIZATION_OVERVIEW],
    )
    def get(self, request: Request) -> Response:
        represent = featured_organization_rows if self.flag("showFeatured") else ORGANIZATION
        return paginated(request, list_organizations(**self.query()), represent)

    @operation(
        "CreateOrganization",
        "Create an organization",
        body=OrganizationInput,
        answer=ORGANIZATION,
        status=201,
        errors=["request.invalid_input"],
    )
    def post(self, request: Request) -> Response:
        organization = create_organization(actor=self.actor, **self.body())
        return Response(ORGANIZATION.of(organization), status=201)


class OrganizationView(ApiView):
    """One organization."""

    @operation("GetOrganization", "Get an organization", answer=ORGANIZATION, errors=["entity.not_exists_with_id"])
    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION.get(id))

    @operation(
        "UpdateOrganization",
        "Change an organization",
        body=OrganizationInput,
        partial=True,
        answer=ORGANIZATION,
        errors=["entity.not_exists", "entity.invalid_input"],
    )
    def patch(self, request: Request, id: str) -> Response:
        organization = get_organization(id, code="entity.not_exists")
        changes = self.body()
        update_organization(organization, actor=self.actor, **changes)
        return Response(ORGANIZATION.of(organization))

    @operation("DeleteOrganization", "Delete an organization", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_organization(get_organization(id, code="entity.not_found"), actor=self.actor)
        return no_content()
