"""Connectors, their kinds, and email templates."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from connectors import selectors
from connectors.factories import SocialFactory, find_factory, get_factory, list_factories
from connectors.services import connectors as services
from connectors.services import templates
from connectors.services.authorizations import start_authorization
from connectors.services.delivery import send_test_message
from management_api.connectors import serializers
from management_api.views import ApiView, no_content
from tenants.hosts import origin_of_request


class _OriginView(ApiView):
    @property
    def origin(self) -> str:
        """The origin that the API is called at: logos and callback addresses begin with it."""
        return origin_of_request(self.request._request)


class ConnectorsView(_OriginView):
    """List and set up connectors."""

    def get(self, request: Request) -> Response:
        target = request.query_params.get("target")
        rows = [serializers.represent_connector(row, origin=self.origin) for row in selectors.list_connectors()]
        return Response([row for row in rows if target is None or row["target"] == target])

    def post(self, request: Request) -> Response:
        body = self.body(serializers.CreateConnectorBody)
        connector = services.create_connector(
            factory_id=body["connectorId"],
            config=body.get("config"),
            connector_id=body.get("id"),
            metadata=body.get("metadata"),
            sync_profile=body.get("syncProfile"),
            enable_token_storage=body.get("enableTokenStorage"),
            actor=self.actor,
        )
        return Response(serializers.represent_connector(connector, origin=self.origin))


class ConnectorView(_OriginView):
    """One connector."""

    def get(self, request: Request, connector_id: str) -> Response:
        return Response(serializers.represent_connector(selectors.get_connector(connector_id), origin=self.origin))

    def patch(self, request: Request, connector_id: str) -> Response:
        connector = selectors.get_connector(connector_id)
        body = self.body(serializers.ConnectorBody)
        connector = services.update_connector(
            connector,
            config=body.get("config"),
            metadata=body.get("metadata"),
            sync_profile=body.get("syncProfile"),
            enable_token_storage=body.get("enableTokenStorage"),
            actor=self.actor,
        )
        return Response(serializers.represent_connector(connector, origin=self.origin))

    def delete(self, request: Request, connector_id: str) -> Response:
        services.delete_connector(connector_id, actor=self.actor)
        return no_content()


class AuthorizationView(_OriginView):
    """Start a sign-in at a social provider, to link the account that comes of it (`POST /users/:id/identities`)."""

    def post(self, request: Request, connector_id: str) -> Response:
        connection = selectors.find_social_connection(connector_id)
        if connection is None:
            factory = get_factory(selectors.get_connector(connector_id).factory_id)
            is_social = isinstance(factory, SocialFactory)
            raise AppError("connector.invalid_config" if is_social else "connector.unexpected_type")
        body = self.body(serializers.AuthorizationBody)
        address = start_authorization(
            connection, state=body["state"], redirect_uri=body["redirectUri"], origin=self.origin
        )
        return Response({"redirectTo": address})


class TestConnectorView(ApiView):
    """Send a test message through a configuration."""

    def post(self, request: Request, factory_id: str) -> Response:
        get_factory(factory_id)
        body = self.body(serializers.TestConnectorBody)
        is_email = "email" in body
        send_test_message(
            factory_id=factory_id,
            channel="email" if is_email else "phone",
            recipient=body["email"] if is_email else body["phone"],
            config=body["config"],
            locale=body.get("locale", "en"),
            actor=self.actor,
        )
        return no_content()


class FactoriesView(_OriginView):
    """The kinds of connectors."""

    def get(self, request: Request) -> Response:
        return Response([serializers.represent_factory(factory, origin=self.origin) for factory in list_factories()])


class FactoryView(_OriginView):
    """One kind of connector."""

    def get(self, request: Request, factory_id: str) -> Response:
        factory = find_factory(factory_id)
        if factory is None:
            raise AppError("entity.not_found")
        return Response(serializers.represent_factory(factory, origin=self.origin))


class EmailTemplatesView(ApiView):
    """The tenant's own email templates."""

    def get(self, request: Request) -> Response:
        wanted = self.query(serializers.EmailTemplateFilter)
        found = selectors.list_email_templates(
            language_tag=wanted.get("languageTag"), template_type=wanted.get("templateType")
        )
        return Response([serializers.represent_email_template(template) for template in found])

    def put(self, request: Request) -> Response:
        body = self.body(serializers.EmailTemplatesBody)
        stored = templates.replace_email_templates(body["templates"], actor=self.actor)
        return Response([serializers.represent_email_template(template) for template in stored])

    def delete(self, request: Request) -> Response:
        wanted = self.query(serializers.EmailTemplateFilter)
        count = templates.delete_email_templates(
            language_tag=wanted.get("languageTag"), template_type=wanted.get("templateType"), actor=self.actor
        )
        return Response({"rowCount": count})


class EmailTemplateView(ApiView):
    """One template."""

    def get(self, request: Request, template_id: str) -> Response:
        return Response(serializers.represent_email_template(selectors.get_email_template(template_id)))

    def delete(self, request: Request, template_id: str) -> Response:
        templates.delete_email_template(selectors.get_email_template(template_id), actor=self.actor)
        return no_content()


class EmailTemplateDetailsView(ApiView):
    """The words of one template."""

    def patch(self, request: Request, template_id: str) -> Response:
        template = selectors.get_email_template(template_id)
        details = self.body(serializers.EmailTemplateDetails, partial=True)
        template = templates.update_email_template(template, details=details, actor=self.actor)
        return Response(serializers.represent_email_template(template))
