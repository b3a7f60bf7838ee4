"""Connectors, their kinds, and email templates."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.rest.operations import operation
from connectors import selectors
from connectors.factories import SocialFactory, find_factory, get_factory, list_factories
from connectors.services import connectors as services
from connectors.services import templates
from connectors.services.authorizations import start_authorization
from connectors.services.delivery import send_test_message
from management_api.connectors import answers, serializers
from management_api.views import ApiView, no_content
from tenants.hosts import origin_of_request


class _OriginView(ApiView):
    @property
    def origin(self) -> str:
        """The origin that the API is called at: logos and callback addresses begin with it."""
        return origin_of_request(self.request._request)


class ConnectorsView(_OriginView):
    """List and set up connectors."""

    @operation("ListConnectors", "List connectors", query=serializers.ConnectorQuery, answer=[answers.Connector])
    def get(self, request: Request) -> Response:
        target = self.query().get("target")
        rows = [serializers.represent_connector(row, origin=self.origin) for row in selectors.list_connectors()]
        return Response([row for row in rows if target is None or row["target"] == target])

    @operation(
        "CreateConnector",
        "Set up a connector",
        body=serializers.CreateConnectorBody,
        answer=answers.Connector,
        errors=[
            "connector.cannot_overwrite_metadata_for_non_standard_connector",
            "connector.invalid_config",
            "connector.should_specify_target",
            "connector.multiple_instances_not_supported",
            "connector.not_found_with_connector_id",
        ],
    )
    def post(self, request: Request) -> Response:
        body = self.body()
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

    @operation("GetConnector", "Get a connector", answer=answers.Connector, errors=["entity.not_found"])
    def get(self, request: Request, id: str) -> Response:
        return Response(serializers.represent_connector(selectors.get_connector(id), origin=self.origin))

    @operation(
        "UpdateConnector",
        "Change a connector",
        body=serializers.ConnectorBody,
        answer=answers.Connector,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, id: str) -> Response:
        connector = selectors.get_connector(id)
        body = self.body()
        connector = services.update_connector(
            connector,
            config=body.get("config"),
            metadata=body.get("metadata"),
            sync_profile=body.get("syncProfile"),
            enable_token_storage=body.get("enableTokenStorage"),
            actor=self.actor,
        )
        return Response(serializers.represent_connector(connector, origin=self.origin))

    @operation("DeleteConnector", "Remove a connector", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        services.delete_connector(id, actor=self.actor)
        return no_content()


class AuthorizationView(_OriginView):
    """Start a sign-in at a social provider, to link the account that comes of it (`POST /users/:id/identities`)."""

    @operation(
        "CreateConnectorAuthorizationUri",
        "Start a sign-in at a social provider",
        body=serializers.AuthorizationBody,
        answer=answers.AuthorizationAddress,
        errors=["connector.unexpected_type", "session.insufficient_info", "connector.not_found"],
    )
    def post(self, request: Request, connector_id: str) -> Response:
        connection = selectors.find_social_connection(connector_id)
        if connection is None:
            factory = get_factory(selectors.get_connector(connector_id).factory_id)
            is_social = isinstance(factory, SocialFactory)
            raise AppError("connector.invalid_config" if is_social else "connector.unexpected_type")
        body = self.body()
        address = start_authorization(
            connection, state=body["state"], redirect_uri=body["redirectUri"], origin=self.origin
        )
        return Response({"redirectTo": address})


class TestConnectorView(ApiView):
    """Send a test message through a configuration."""

    @operation(
        "CreateConnectorTest",
        "Send a test message",
        body=serializers.TestConnectorBody,
        errors=[
            "entity.not_found",
            "connector.general",
            "connector.invalid_config",
            "connector.template_not_found",
            "connector.unexpected_type",
            "connector.rate_limit_exceeded",
            "connector.usage_limit_exceeded",
        ],
    )
    def post(self, request: Request, factory_id: str) -> Response:
        get_factory(factory_id)
        body = self.body()
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

    @operation("ListConnectorFactories", "List kinds of connectors", answer=[answers.ConnectorFactory])
    def get(self, request: Request) -> Response:
        return Response([serializers.represent_factory(factory, origin=self.origin) for factory in list_factories()])


class FactoryView(_OriginView):
    """One kind of connector."""

    @operation(
        "GetConnectorFactory", "Get a kind of connector", answer=answers.ConnectorFactory, errors=["entity.not_found"]
    )
    def get(self, request: Request, id: str) -> Response:
        factory = find_factory(id)
        if factory is None:
            raise AppError("entity.not_found")
        return Response(serializers.represent_factory(factory, origin=self.origin))


class EmailTemplatesView(ApiView):
    """The tenant's own email templates."""

    @operation(
        "ListEmailTemplates",
        "List email templates",
        query=serializers.EmailTemplateFilter,
        answer=[answers.EmailTemplate],
    )
    def get(self, request: Request) -> Response:
        wanted = self.query()
        found = selectors.list_email_templates(
            language_tag=wanted.get("languageTag"), template_type=wanted.get("templateType")
        )
        return Response([serializers.represent_email_template(template) for template in found])

    @operation(
        "ReplaceEmailTemplates",
        "Create or replace email templates",
        body=serializers.EmailTemplatesBody,
        answer=[answers.EmailTemplate],
    )
    def put(self, request: Request) -> Response:
        body = self.body()
        stored = templates.replace_email_templates(body["templates"], actor=self.actor)
        return Response([serializers.represent_email_template(template) for template in stored])

    @operation(
        "DeleteEmailTemplates",
        "Delete email templates",
        query=serializers.EmailTemplateFilter,
        answer=answers.DeletedRows,
        errors=["connector.email_connector.bulk_deletion_no_filter"],
    )
    def delete(self, request: Request) -> Response:
        wanted = self.query()
        count = templates.delete_email_templates(
            language_tag=wanted.get("languageTag"), template_type=wanted.get("templateType"), actor=self.actor
        )
        return Response({"rowCount": count})


class EmailTemplateView(ApiView):
    """One template."""

    @operation("GetEmailTemplate", "Get an email template", answer=answers.EmailTemplate, errors=["entity.not_found"])
    def get(self, request: Request, id: str) -> Response:
        return Response(serializers.represent_email_template(selectors.get_email_template(id)))

    @operation("DeleteEmailTemplate", "Delete an email template", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        templates.delete_email_template(selectors.get_email_template(id), actor=self.actor)
        return no_content()


class EmailTemplateDetailsView(ApiView):
    """The words of one template."""

    @operation(
        "UpdateEmailTemplateDetails",
        "Change the words of an email template",
        body=serializers.EmailTemplateDetails,
        partial=True,
        answer=answers.EmailTemplate,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, id: str) -> Response:
        template = selectors.get_email_template(id)
        details = self.body()
        template = templates.update_email_template(template, details=details, actor=self.actor)
        return Response(serializers.represent_email_template(template))
