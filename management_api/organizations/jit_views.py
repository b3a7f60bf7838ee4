"""`/api/organizations/{id}/jit`: who joins an organization by themselves, and with which roles."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from management_api.organization_template.serializers import ORGANIZATION_ROLE
from management_api.organizations.serializers import (
    EMAIL_DOMAIN,
    AnyRoleIds,
    AnySsoConnectorIds,
    EmailDomain,
    EmailDomains,
    RoleIds,
    SsoConnectorIds,
)
from management_api.sso_connectors.serializers import connector_row
from management_api.views import ApiView, created, no_content
from organizations.selectors import (
    get_organization,
    get_referenced_organization,
    list_jit_email_domains,
    list_jit_roles,
    list_jit_sso_connectors,
)
from organizations.services.jit import (
    add_email_domain,
    add_jit_roles,
    remove_email_domain,
    remove_jit_role,
    replace_email_domains,
    replace_jit_roles,
)
from organizations.services.jit_sso import (
    add_jit_sso_connectors,
    remove_jit_sso_connector,
    replace_jit_sso_connectors,
)


class EmailDomainsView(ApiView):
    """The email domains admitted; the list of an unknown organization is empty."""

    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_jit_email_domains(id), EMAIL_DOMAIN, optional=True)

    def post(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body(EmailDomain)
        rule = add_email_domain(organization, actor=self.actor, **values)
        return Response(EMAIL_DOMAIN.of(rule), status=201)

    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body(EmailDomains)
        replace_email_domains(organization, actor=self.actor, **values)
        return no_content()


class EmailDomainView(ApiView):
    """One email domain."""

    def delete(self, request: Request, id: str, email_domain: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_email_domain(organization, email_domain=email_domain, actor=self.actor)
        return no_content()


class RolesView(ApiView):
    """The roles given to those who join."""

    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_jit_roles(get_organization(id)), ORGANIZATION_ROLE, optional=True)

    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body(RoleIds)
        add_jit_roles(organization, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body(AnyRoleIds)
        replace_jit_roles(organization, actor=self.actor, **values)
        return no_content()


class RoleView(ApiView):
    """One role."""

    def delete(self, request: Request, id: str, role_id: str) -> Response:
        remove_jit_role(get_organization(id, code="entity.not_found"), role_id=role_id, actor=self.actor)
        return no_content()


class SsoConnectorsView(ApiView):
    """The enterprise connectors whose users are admitted."""

    def get(self, request: Request, id: str) -> Response:
        connectors = list_jit_sso_connectors(get_organization(id))
        return paginated(request, connectors, lambda rows: [connector_row(row) for row in rows], optional=True)

    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body(SsoConnectorIds)
        add_jit_sso_connectors(organization, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body(AnySsoConnectorIds)
        replace_jit_sso_connectors(organization, actor=self.actor, **values)
        return no_content()


class SsoConnectorView(ApiView):
    """One enterprise connector."""

    def delete(self, request: Request, id: str, connector_id: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_jit_sso_connector(organization, connector_id=connector_id, actor=self.actor)
        return no_content()
