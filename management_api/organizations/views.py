"""`/api/organizations`: organizations."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from management_api.organization_template.serializers import ListQuery
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

    def get(self, request: Request) -> Response:
        represent = featured_organization_rows if self.flag("showFeatured") else ORGANIZATION
        return paginated(request, list_organizations(**self.query(ListQuery)), represent)

    def post(self, request: Request) -> Response:
        organization = create_organization(actor=self.actor, **self.body(OrganizationInput))
        return Response(ORGANIZATION.of(organization), status=201)


class OrganizationView(ApiView):
    """One organization."""

    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION.get(id))

    def patch(self, request: Request, id: str) -> Response:
        organization = get_organization(id, code="entity.not_exists")
        changes = self.body(OrganizationInput, partial=True)
        update_organization(organization, actor=self.actor, **changes)
        return Response(ORGANIZATION.of(organization))

    def delete(self, request: Request, id: str) -> Response:
        delete_organization(get_organization(id, code="entity.not_found"), actor=self.actor)
        return no_content()
