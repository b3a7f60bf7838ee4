"""`/api/applications`: applications, their secrets, roles and organizations."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from applications.selectors import (
    get_any_application,
    get_application,
    get_secret,
    is_admin_application,
    list_application_organizations,
    list_application_roles,
    list_applications,
    list_secrets,
)
from applications.services.applications import (
    create_application,
    delete_application,
    merge_application_custom_data,
    update_application,
)
from applications.services.roles import (
    assert_holds_roles,
    assign_application_roles,
    remove_application_role,
    replace_application_roles,
)
from applications.services.secrets import add_secret, delete_legacy_secret, delete_secret, rename_secret
from common.rest.operations import operation
from common.rest.pagination import paginated
from management_api.answers import AddedRoleIds
from management_api.applications import answers
from management_api.applications.serializers import (
    ApplicationCreation,
    ApplicationQuery,
    ApplicationUpdate,
    SecretCreation,
    SecretUpdate,
    application_row,
    application_rows,
    secret_row,
)
from management_api.json_objects import JsonObjectBody
from management_api.organization_rows import place_rows
from management_api.organizations.answers import ORGANIZATION_WITH_ROLES
from management_api.roles.serializers import ROLE, RoleIds
from management_api.search import NAMED_FIELDS, bounded, parse_search
from management_api.views import ApiView, no_content


class ApplicationsView(ApiView):
    """Lists and registers applications."""

    @operation(
        "ListApplications",
        "List applications",
        query=ApplicationQuery,
        search=NAMED_FIELDS,
        pages="optional",
        answer=[answers.Application],
    )
    def get(self, request: Request) -> Response:
        filters = self._filters()
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_applications(**filters)), application_rows, optional=True)

    def _filters(self) -> dict[str, Any]:
        query: dict[str, Any] = self.request.query_params.dict()
        if "types" in query:
            query["types"] = self.request.query_params.getlist("types")
        filters = self.validated(ApplicationQuery, query)
        if "is_third_party" in filters:
            filters["is_third_party"] = filters["is_third_party"] == "true"
        return filters

    @operation(
        "CreateApplication",
        "Register an application",
        body=ApplicationCreation,
        answer=answers.Application,
        errors=[
            "application.invalid_third_party_application_type",
            "application.protected_app_metadata_is_required",
            "application.saml.use_saml_app_api",
            "request.invalid_input",
            "application.device_flow_native_only",
            "application.third_party_application_cannot_enable_token_exchange",
            "application.protected_app_not_configured",
        ],
    )
    def post(self, request: Request) -> Response:
        application = create_application(**self.body(), actor=self.actor)
        return Response(application_row(application))


class ApplicationView(ApiView):
    """One application."""

    @operation(
        "GetApplication", "Get an application", answer=answers.ApplicationWithRole, errors=["entity.not_exists_with_id"]
    )
    def get(self, request: Request, id: str) -> Response:
        application = get_any_application(id)
        return Response({**application_row(application), "isAdmin": is_admin_application(application)})

    @operation(
        "UpdateApplication",
        "Change an application",
        body=ApplicationUpdate,
        partial=True,
        answer=answers.Application,
        errors=[
            "application.saml.use_saml_app_api",
            "entity.not_exists_with_id",
            "application.device_flow_not_changeable",
            "application.invalid_type",
            "application.protected_application_only",
            "application.third_party_application_cannot_enable_token_exchange",
        ],
    )
    def patch(self, request: Request, id: str) -> Response:
        application = get_application(id)
        changes = self.body()
        application = update_application(application, actor=self.actor, **changes)
        return Response(application_row(application))

    @operation(
        "DeleteApplication",
        "Delete an application",
        errors=["application.saml.use_saml_app_api", "entity.not_exists_with_id"],
    )
    def delete(self, request: Request, id: str) -> Response:
        delete_application(get_application(id), actor=self.actor)
        return no_content()


class CustomDataView(ApiView):
    """Merges keys into an application's custom data; the body is the object."""

    @operation(
        "UpdateApplicationCustomData",
        "Merge keys into an application's custom data",
        body=JsonObjectBody,
        answer=dict[str, Any],
        errors=["entity.not_exists_with_id"],
    )
    def patch(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        data = self.body()["value"]
        return Response(merge_application_custom_data(application, custom_data=data, actor=self.actor))


class LegacySecretView(ApiView):
    """Removes the unnamed secret."""

    @operation(
        "DeleteApplicationLegacySecret",
        "Remove the unnamed secret of an application",
        answer=answers.Application,
        errors=["application.no_legacy_secret_found", "entity.not_exists_with_id"],
    )
    def delete(self, request: Request, id: str) -> Response:
        get_application(id)
        return Response(application_row(delete_legacy_secret()))


class SecretsView(ApiView):
    """Lists and adds an application's secrets."""

    @operation(
        "ListApplicationSecrets",
        "List the secrets of an application",
        answer=[answers.ApplicationSecret],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response([secret_row(secret) for secret in list_secrets(get_application(id))])

    @operation(
        "CreateApplicationSecret",
        "Add a secret to an application",
        body=SecretCreation,
        answer=answers.ApplicationSecret,
        status=201,
        errors=[
            "application.saml.use_saml_app_api",
            "request.invalid_input",
            "entity.not_exists_with_id",
            "application.invalid_type",
            "application.secret_name_exists",
        ],
    )
    def post(self, request: Request, id: str) -> Response:
        application = get_application(id)
        values = self.body()
        return Response(secret_row(add_secret(application, actor=self.actor, **values)), status=201)


class SecretView(ApiView):
    """One secret, by its name."""

    @operation(
        "UpdateApplicationSecret",
        "Rename a secret of an application",
        body=SecretUpdate,
        answer=answers.ApplicationSecret,
        errors=["entity.not_exists_with_id", "entity.not_found", "application.secret_name_exists"],
    )
    def patch(self, request: Request, id: str, name: str) -> Response:
        application = get_application(id)
        get_secret(application, name)
        new_name = self.body()["name"]
        return Response(secret_row(rename_secret(application, name=name, new_name=new_name, actor=self.actor)))

    @operation(
        "DeleteApplicationSecret",
        "Delete a secret of an application",
        errors=["entity.not_exists_with_id", "entity.not_found"],
    )
    def delete(self, request: Request, id: str, name: str) -> Response:
        delete_secret(get_application(id), name=name, actor=self.actor)
        return no_content()


class ApplicationRolesView(ApiView):
    """The global roles of a machine-to-machine application."""

    @operation(
        "ListApplicationRoles",
        "List the roles of an application",
        search=NAMED_FIELDS,
        pages="always",
        answer=[ROLE],
        errors=["entity.not_exists_with_id", "application.invalid_type"],
    )
    def get(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        assert_holds_roles(application)
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_application_roles(application)), ROLE)

    @operation(
        "AssignApplicationRoles",
        "Give an application roles",
        body=RoleIds,
        answer=AddedRoleIds,
        status=201,
        errors=["entity.not_exists_with_id", "application.invalid_role_type", "application.invalid_type"],
    )
    def post(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        role_ids = self.body()["role_ids"]
        added = assign_application_roles(application, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids, "addedRoleIds": added}, status=201)

    @operation(
        "ReplaceApplicationRoles",
        "Replace the roles of an application",
        body=RoleIds,
        status=200,
        errors=["entity.not_exists_with_id", "application.invalid_role_type"],
    )
    def put(self, request: Request, application_id: str) -> Response:
        application = get_application(application_id)
        replace_application_roles(application, role_ids=self.body()["role_ids"], actor=self.actor)
        return Response()


class ApplicationRoleView(ApiView):
    """One role of an application."""

    @operation(
        "DeleteApplicationRole",
        "Take a role from an application",
        errors=["application.invalid_type", "entity.not_found"],
    )
    def delete(self, request: Request, application_id: str, role_id: str) -> Response:
        remove_application_role(get_application(application_id), role_id=role_id, actor=self.actor)
        return no_content()


class ApplicationOrganizationsView(ApiView):
    """The organizations an application has a place in."""

    @operation(
        "ListApplicationOrganizations",
        "List the organizations of an application",
        pages="optional",
        answer=[ORGANIZATION_WITH_ROLES],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_application_organizations(get_application(id)), place_rows, optional=True)
