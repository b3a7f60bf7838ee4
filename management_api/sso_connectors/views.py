"""`/api/sso-connectors`: enterprise connectors, and the providers that they can be of."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from connectors.enterprise.provider import list_providers
from connectors.enterprise.selectors import (
    get_signing_key,
    get_sso_connector,
    list_signing_key_rows,
    list_sso_connectors,
)
from connectors.enterprise.services.connectors import (
    create_sso_connector,
    delete_sso_connector,
    update_sso_connector,
)
from connectors.enterprise.services.signing_keys import (
    create_sso_signing_key,
    delete_signing_key,
    set_signing_key_active,
)
from connectors.models import SsoConnector
from connectors.oauth.calls import time_limit
from experience.services.idp_initiated import (
    delete_idp_initiated_sign_in,
    get_idp_initiated_sign_in,
    set_idp_initiated_sign_in,
)
from management_api.sso_connectors.serializers import (
    ConnectorCreation,
    ConnectorUpdate,
    IdpInitiatedInput,
    KeyCreation,
    KeyUpdate,
    connector_row,
    connector_row_with_provider,
    idp_initiated_row,
    provider_row,
    signing_key_row,
)
from management_api.views import ApiView, no_content
from tenants.hosts import origin_of_request


class ProvidersView(ApiView):
    """The providers."""

    def get(self, request: Request) -> Response:
        return Response([provider_row(provider) for provider in list_providers()])


class ConnectorsView(ApiView):
    """Lists and sets up connectors."""

    def get(self, request: Request) -> Response:
        origin = origin_of_request(request._request)

        def represent(rows: list[SsoConnector]) -> list[dict[str, Any]]:
            # For all of them together: identity providers that are down do not add up.
            with time_limit():
                return [connector_row_with_provider(row, origin=origin) for row in rows]

        return paginated(request, list_sso_connectors(), represent, optional=True)

    def post(self, request: Request) -> Response:
        connector = create_sso_connector(**self.body(ConnectorCreation), actor=self.actor)
        connector.refresh_from_db()
        return Response(connector_row(connector))


class ConnectorView(ApiView):
    """One connector."""

    def get(self, request: Request, id: str) -> Response:
        origin = origin_of_request(request._request)
        return Response(connector_row_with_provider(get_sso_connector(id), origin=origin))

    def patch(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        update_sso_connector(connector, **self.body(ConnectorUpdate, partial=True), actor=self.actor)
        origin = origin_of_request(request._request)
        return Response(connector_row_with_provider(get_sso_connector(id), origin=origin))

    def delete(self, request: Request, id: str) -> Response:
        delete_sso_connector(get_sso_connector(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class SigningKeysView(ApiView):
    """Lists and makes the keys of a SAML connector."""

    def get(self, request: Request, id: str) -> Response:
        return Response([signing_key_row(key) for key in list_signing_key_rows(get_sso_connector(id))])

    def post(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        key = create_sso_signing_key(connector, **self.body(KeyCreation), actor=self.actor)
        return Response(signing_key_row(key), status=201)


class SigningKeyView(ApiView):
    """One key."""

    def patch(self, request: Request, id: str, key_id: str) -> Response:
        key = get_signing_key(get_sso_connector(id), key_id)
        return Response(signing_key_row(set_signing_key_active(key, **self.body(KeyUpdate), actor=self.actor)))

    def delete(self, request: Request, id: str, key_id: str) -> Response:
        delete_signing_key(get_signing_key(get_sso_connector(id), key_id), actor=self.actor)
        return no_content()


class IdpInitiatedView(ApiView):
    """Where users go who begin at the identity provider."""

    def get(self, request: Request, id: str) -> Response:
        return Response(idp_initiated_row(get_idp_initiated_sign_in(get_sso_connector(id))))

    def put(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        row = set_idp_initiated_sign_in(connector, **self.body(IdpInitiatedInput), actor=self.actor)
        return Response(idp_initiated_row(row))

    def delete(self, request: Request, id: str) -> Response:
        delete_idp_initiated_sign_in(get_sso_connector(id), actor=self.actor)
        return no_content()
