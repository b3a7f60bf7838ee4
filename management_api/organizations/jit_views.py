"""`/api/organizations/{id}/jit`: who joins an organization by themselves, and with which roles."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import CREATED, operation
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
from management_api.sso_connectors.answers import SsoConnector
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

    @operation(
        "ListOrganizationJitEmailDomains",
        "List the email domains whose users join an organization",
        pages="optional",
        answer=[EMAIL_DOMAIN],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_jit_email_domains(id), EMAIL_DOMAIN, optional=True)

    @operation(
        "CreateOrganizationJitEmailDomain",
        "Let users of an email domain join an organization",
        body=EmailDomain,
        answer=EMAIL_DOMAIN,
        status=201,
        errors=[
            ("entity.relation_foreign_key_not_found", 422),
            "entity.unique_integrity_violation",
            "entity.value_too_long",
        ],
    )
    def post(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body()
        rule = add_email_domain(organization, actor=self.actor, **values)
        return Response(EMAIL_DOMAIN.of(rule), status=201)

    @operation(
        "ReplaceOrganizationJitEmailDomains",
        "Replace the email domains whose users join an organization",
        body=EmailDomains,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body()
        replace_email_domains(organization, actor=self.actor, **values)
        return no_content()


class EmailDomainView(ApiView):
    """One email domain."""

    @operation(
        "DeleteOrganizationJitEmailDomain",
        "Stop users of an email domain joining an organization",
        errors=["entity.not_found"],
    )
    def delete(self, request: Request, id: str, email_domain: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_email_domain(organization, email_domain=email_domain, actor=self.actor)
        return no_content()


class RolesView(ApiView):
    """The roles given to those who join."""

    @operation(
        "ListOrganizationJitRoles",
        "List the roles that users get who join an organization",
        pages="optional",
        answer=[ORGANIZATION_ROLE],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_jit_roles(get_organization(id)), ORGANIZATION_ROLE, optional=True)

    @operation(
        "CreateOrganizationJitRole",
        "Add roles that users get who join an organization",
        body=RoleIds,
        answer=CREATED,
        status=201,
        errors=["entity.db_constraint_violated", ("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body()
        add_jit_roles(organization, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationJitRoles",
        "Replace the roles that users get who join an organization",
        body=AnyRoleIds,
        errors=["entity.db_constraint_violated", ("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body()
        replace_jit_roles(organization, actor=self.actor, **values)
        return no_content()


class RoleView(ApiView):
    """One role."""

    @operation(
        "DeleteOrganizationJitRole",
        "Remove a role that users get who join an organization",
        errors=["entity.not_found"],
    )
    def delete(self, request: Request, id: str, organization_role_id: str) -> Response:
        remove_jit_role(get_organization(id, code="entity.not_found"), role_id=organization_role_id, actor=self.actor)
        return no_content()


class SsoConnectorsView(ApiView):
    """The enterprise connectors whose users are admitted."""

    @operation(
        "ListOrganizationJitSsoConnectors",
        "List the enterprise connectors whose users join an organization",
        pages="optional",
        answer=[SsoConnector],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        connectors = list_jit_sso_connectors(get_organization(id))
        return paginated(request, connectors, lambda rows: [connector_row(row) for row in rows], optional=True)

    @operation(
        "CreateOrganizationJitSsoConnector",
        "Let users of enterprise connectors join an organization",
        body=SsoConnectorIds,
        answer=CREATED,
        status=201,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body()
        add_jit_sso_connectors(organization, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationJitSsoConnectors",
        "Replace the enterprise connectors whose users join an organization",
        body=AnySsoConnectorIds,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        values = self.body()
        replace_jit_sso_connectors(organization, actor=self.actor, **values)
        return no_content()


class SsoConnectorView(ApiView):
    """One enterprise connector."""

    @operation(
        "DeleteOrganizationJitSsoConnector",
        "Stop users of an enterprise connector joining an organization",
        errors=["entity.not_found"],
    )
    def delete(self, request: Request, id: str, sso_connector_id: str) -> Response:
        organization = get_organization(id, code="entity.not_found")
        remove_jit_sso_connector(organization, connector_id=sso_connector_id, actor=self.actor)
        return no_content()
