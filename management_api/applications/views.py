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
from common.rest.pagination import paginated
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
from management_api.roles.serializers import ROLE, RoleIds
from management_api.search import NAMED_FIELDS, bounded, parse_search
from management_api.views import ApiView, no_content


class ApplicationsView(ApiView):
    """Lists and registers applications."""

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

    def post(self, request: Request) -> Response:
        application = create_application(**self.body(ApplicationCreation), actor=self.actor)
        return Response(application_row(application))


class ApplicationView(ApiView):
    """One application."""

    def get(self, request: Request, id: str) -> Response:
        application = get_any_application(id)
        return Response({**application_row(application), "isAdmin": is_admin_application(application)})

    def patch(self, request: Request, id: str) -> Response:
        application = get_application(id)
        changes = self.body(ApplicationUpdate, partial=True)
        application = update_application(application, actor=self.actor, **changes)
        return Response(application_row(application))

    def delete(self, request: Request, id: str) -> Response:
        delete_application(get_application(id), actor=self.actor)
        return no_content()


class CustomDataView(ApiView):
    """Merges keys into an application's custom data; the body is the object."""

    def patch(self, request: Request, id: str) -> Response:
        application = get_application(id)
        data = self.body(JsonObjectBody)["value"]
        return Response(merge_application_custom_data(application, custom_data=data, actor=self.actor))


class LegacySecretView(ApiView):
    """Removes the unnamed secret."""

    def delete(self, request: Request, id: str) -> Response:
        get_application(id)
        return Response(application_row(delete_legacy_secret()))


class SecretsView(ApiView):
    """Lists and adds an application's secrets."""

    def get(self, request: Request, id: str) -> Response:
        return Response([secret_row(secret) for secret in list_secrets(get_application(id))])

    def post(self, request: Request, id: str) -> Response:
        application = get_application(id)
        values = self.body(SecretCreation)
        return Response(secret_row(add_secret(application, actor=self.actor, **values)), status=201)


class SecretView(ApiView):
    """One secret, by its name."""

    def patch(self, request: Request, id: str, name: str) -> Response:
        application = get_application(id)
        get_secret(application, name)
        new_name = self.body(SecretUpdate)["name"]
        return Response(secret_row(rename_secret(application, name=name, new_name=new_name, actor=self.actor)))

    def delete(self, request: Request, id: str, name: str) -> Response:
        delete_secret(get_application(id), name=name, actor=self.actor)
        return no_content()


class ApplicationRolesView(ApiView):
    """The global roles of a machine-to-machine application."""

    def get(self, request: Request, id: str) -> Response:
        application = get_application(id)
        assert_holds_roles(application)
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_application_roles(application)), ROLE)

    def post(self, request: Request, id: str) -> Response:
        application = get_application(id)
        role_ids = self.body(RoleIds)["role_ids"]
        added = assign_application_roles(application, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids, "addedRoleIds": added}, status=201)

    def put(self, request: Request, id: str) -> Response:
        application = get_application(id)
        replace_application_roles(application, role_ids=self.body(RoleIds)["role_ids"], actor=self.actor)
        return Response()


class ApplicationRoleView(ApiView):
    """One role of an application."""

    def delete(self, request: Request, id: str, role_id: str) -> Response:
        remove_application_role(get_application(id), role_id=role_id, actor=self.actor)
        return no_content()


class ApplicationOrganizationsView(ApiView):
    """The organizations an application has a place in."""

    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_application_organizations(get_application(id)), place_rows, optional=True)
