"""`/api/sso-connectors`: enterprise connectors, and the providers that they can be of."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
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
from management_api.answers import Certificate
from management_api.sso_connectors import answers
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

    @operation("ListSsoConnectorProviders", "List kinds of enterprise identity providers", answer=[answers.SsoProvider])
    def get(self, request: Request) -> Response:
        return Response([provider_row(provider) for provider in list_providers()])


class ConnectorsView(ApiView):
    """Lists and sets up connectors."""

    @operation(
        "ListSsoConnectors", "List enterprise connectors", pages="optional", answer=[answers.SsoConnectorWithProvider]
    )
    def get(self, request: Request) -> Response:
        origin = origin_of_request(request._request)

        def represent(rows: list[SsoConnector]) -> list[dict[str, Any]]:
            # For all of them together: identity providers that are down do not add up.
            with time_limit():
                return [connector_row_with_provider(row, origin=origin) for row in rows]

        return paginated(request, list_sso_connectors(), represent, optional=True)

    @operation(
        "CreateSsoConnector",
        "Set up an enterprise connector",
        body=ConnectorCreation,
        answer=answers.SsoConnector,
        errors=[
            "connector.invalid_config",
            "single_sign_on.active_signing_key_required",
            "connector.not_found",
            "connector.token_storage_not_supported",
            "request.feature_not_supported",
            "single_sign_on.duplicated_domains",
            "single_sign_on.forbidden_domains",
            "single_sign_on.invalid_domain_format",
        ],
    )
    def post(self, request: Request) -> Response:
        connector = create_sso_connector(**self.body(), actor=self.actor)
        connector.refresh_from_db()
        return Response(connector_row(connector))


class ConnectorView(ApiView):
    """One connector."""

    @operation(
        "GetSsoConnector",
        "Get an enterprise connector",
        answer=answers.SsoConnectorWithProvider,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        origin = origin_of_request(request._request)
        return Response(connector_row_with_provider(get_sso_connector(id), origin=origin))

    @operation(
        "UpdateSsoConnector",
        "Change an enterprise connector",
        body=ConnectorUpdate,
        partial=True,
        answer=answers.SsoConnectorWithProvider,
        errors=["entity.not_exists_with_id", "single_sign_on.duplicate_connector_name"],
    )
    def patch(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        update_sso_connector(connector, **self.body(), actor=self.actor)
        origin = origin_of_request(request._request)
        return Response(connector_row_with_provider(get_sso_connector(id), origin=origin))

    @operation("DeleteSsoConnector", "Remove an enterprise connector", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_sso_connector(get_sso_connector(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class SigningKeysView(ApiView):
    """Lists and makes the keys of a SAML connector."""

    @operation(
        "ListSsoConnectorSigningKeys",
        "List the signing keys of an enterprise connector",
        answer=[Certificate],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response([signing_key_row(key) for key in list_signing_key_rows(get_sso_connector(id))])

    @operation(
        "CreateSsoConnectorSigningKey",
        "Create a signing key of an enterprise connector",
        body=KeyCreation,
        answer=Certificate,
        status=201,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        key = create_sso_signing_key(connector, **self.body(), actor=self.actor)
        return Response(signing_key_row(key), status=201)


class SigningKeyView(ApiView):
    """One key."""

    @operation(
        "UpdateSsoConnectorSigningKey",
        "Let a key of an enterprise connector sign, or stop it",
        body=KeyUpdate,
        answer=Certificate,
        errors=["entity.not_found", "single_sign_on.can_not_deactivate_signing_key_in_use"],
    )
    def patch(self, request: Request, id: str, key_id: str) -> Response:
        key = get_signing_key(get_sso_connector(id), key_id)
        return Response(signing_key_row(set_signing_key_active(key, **self.body(), actor=self.actor)))

    @operation(
        "DeleteSsoConnectorSigningKey",
        "Delete a signing key of an enterprise connector",
        errors=["single_sign_on.can_not_delete_active_signing_key", "entity.not_exists_with_id"],
    )
    def delete(self, request: Request, id: str, key_id: str) -> Response:
        delete_signing_key(get_signing_key(get_sso_connector(id), key_id), actor=self.actor)
        return no_content()


class IdpInitiatedView(ApiView):
    """Where users go who begin at the identity provider."""

    @operation(
        "GetSsoConnectorIdpInitiatedAuthConfig",
        "Get where users go who begin at the identity provider",
        answer=answers.IdpInitiatedSignIn,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(idp_initiated_row(get_idp_initiated_sign_in(get_sso_connector(id))))

    @operation(
        "ReplaceSsoConnectorIdpInitiatedAuthConfig",
        "Set where users go who begin at the identity provider",
        body=IdpInitiatedInput,
        answer=answers.IdpInitiatedSignIn,
        errors=[
            "single_sign_on.idp_initiated_authentication_invalid_application_type",
            "single_sign_on.idp_initiated_authentication_not_supported",
            "single_sign_on.idp_initiated_authentication_redirect_uri_not_registered",
            "entity.relation_foreign_key_not_found",
        ],
    )
    def put(self, request: Request, id: str) -> Response:
        connector = get_sso_connector(id)
        row = set_idp_initiated_sign_in(connector, **self.body(), actor=self.actor)
        return Response(idp_initiated_row(row))

    @operation(
        "DeleteSsoConnectorIdpInitiatedAuthConfig",
        "Stop sign-ins that begin at the identity provider",
        errors=["entity.not_found"],
    )
    def delete(self, request: Request, id: str) -> Response:
        delete_idp_initiated_sign_in(get_sso_connector(id), actor=self.actor)
        return no_content()
