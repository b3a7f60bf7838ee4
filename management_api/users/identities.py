"""`/api/users/…/identities` and `…/sso-identities`: a user's accounts at other providers."""

from typing import Any

from django.http import HttpRequest
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import to_milliseconds
from common.errors import AppError
from common.rest.fields import JsonObject, Text
from common.rest.operations import operation
from connectors.selectors import find_social_connection
from connectors.services.authorizations import finish_authorization
from connectors.token_storage import can_store_tokens
from identity.models import FederatedTokenSet, SsoIdentity, User
from identity.selectors import get_sso_identity, get_user, list_sso_identities
from identity.services.social_identities import replace_social_identity, unlink_social_identity
from identity.services.token_vault import (
    delete_token_set,
    describe_token_set,
    find_social_tokens,
    find_sso_tokens,
    store_social_tokens,
)
from management_api.users import answers
from management_api.users.serializers import USER
from management_api.views import ApiView, no_content


class IdentityBody(serializers.Serializer[Any]):
    """An account at a provider, as a developer says."""

    userId = Text(min_length=1, max_length=256)
    details = JsonObject(required=False)


class LinkBody(serializers.Serializer[Any]):
    """What the browser came back with from the provider of a connector."""

    connectorId = Text(max_length=128)
    connectorData = JsonObject()


class IdentitiesView(ApiView):
    """Link the account that has signed in at a social provider."""

    @operation(
        "CreateUserIdentity",
        "Link the account that has signed in at a social provider",
        body=LinkBody,
        answer=answers.Identities,
        errors=[
            "entity.not_found",
            "session.connector_session_not_found",
            "connector.social_auth_code_invalid",
            "session.invalid_connector_id",
            "user.identity_already_in_use",
        ],
    )
    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        body = self.body()
        connection = find_social_connection(body["connectorId"])
        if connection is None:
            raise AppError("session.invalid_connector_id")
        signed_in = finish_authorization(connection, data=body["connectorData"])
        account, target = signed_in.user, connection.target
        replace_social_identity(
            user, target=target, identity_id=account.id, details=account.as_wire(), actor=self.actor
        )
        if signed_in.tokens and connection.stores_tokens and can_store_tokens():
            store_social_tokens(
                user, target=target, connector_id=connection.id, tokens=signed_in.tokens, actor=self.actor
            )
        return Response(get_user(user_id).identities)


class IdentityView(ApiView):
    """One social account of a user."""

    @operation(
        "GetUserIdentity",
        "Get a social account of a user",
        flags={"includeTokenSecret": "Also tell of the stored tokens."},
        answer=answers.SocialIdentity,
        errors=["user.identity_not_exist"],
    )
    def get(self, request: Request, user_id: str, target: str) -> Response:
        user = get_user(user_id)
        if target not in user.identities:
            raise AppError("user.identity_not_exist")
        tokens = find_social_tokens(user, target) if self.flag("includeTokenSecret") else None
        return Response({"identity": user.identities[target], **_social_secret(user, target, tokens)})

    @operation(
        "ReplaceUserIdentity",
        "Set a social account of a user",
        body=IdentityBody,
        answer=answers.Identities,
        status=(200, 201),
        errors=["entity.not_found", "user.identity_already_in_use"],
    )
    def put(self, request: Request, user_id: str, target: str) -> Response:
        user = get_user(user_id)
        body = self.body()
        is_new = replace_social_identity(
            user,
            target=target,
            identity_id=body["userId"],
            details=body.get("details"),
            actor=self.actor,
        )
        answered = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(get_user(user_id).identities, status=answered)

    @operation(
        "DeleteUserIdentity", "Unlink a social account of a user", answer=USER, errors=["user.identity_not_exist"]
    )
    def delete(self, request: Request, user_id: str, target: str) -> Response:
        return Response(USER.of(unlink_social_identity(get_user(user_id), target=target, actor=self.actor)))


class SsoIdentityView(ApiView):
    """A user's account at an enterprise's identity provider."""

    @operation(
        "GetUserSsoIdentity",
        "Get an enterprise account of a user",
        flags={"includeTokenSecret": "Also tell of the stored tokens."},
        answer=answers.EnterpriseIdentity,
        errors=["user.enterprise_sso_identity_not_exists"],
    )
    def get(self, request: Request, user_id: str, sso_connector_id: str) -> Response:
        identity = get_sso_identity(get_user(user_id), sso_connector_id)
        tokens = find_sso_tokens(identity) if self.flag("includeTokenSecret") else None
        return Response({"ssoIdentity": sso_identity_row(identity), **_sso_secret(identity, tokens)})


class AllIdentitiesView(ApiView):
    """All of a user's accounts at other providers."""

    @operation(
        "ListUserAllIdentities",
        "List all accounts of a user at other providers",
        flags={"includeTokenSecret": "Also tell of the stored tokens."},
        answer=answers.AllIdentities,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        held = list(FederatedTokenSet.objects.filter(user=user)) if self.flag("includeTokenSecret") else []
        by_social = {row.social_identity_id: row for row in held if row.social_identity_id}
        of_target = {
            row.target: by_social[row.id]
            for row in (user.social_identities.all() if by_social else ())
            if row.id in by_social
        }
        by_sso = {row.sso_identity_id: row for row in held if row.sso_identity_id}
        social = [
            {"target": target, "identity": identity, **_social_secret(user, target, of_target.get(target))}
            for target, identity in user.identities.items()
        ]
        sso = [
            {
                "ssoConnectorId": identity.connector_id,
                "ssoIdentity": sso_identity_row(identity),
                **_sso_secret(identity, by_sso.get(identity.id)),
            }
            for identity in list_sso_identities(user)
        ]
        return Response({"socialIdentities": social, "ssoIdentities": sso})


class SecretView(ApiView):
    """The tokens that are stored for a linked account."""

    @operation("DeleteSecret", "Delete the tokens that are stored for a linked account", errors=["entity.not_found"])
    def delete(self, request: HttpRequest, id: str) -> Response:
        delete_token_set(id, actor=self.actor)
        return no_content()


def sso_identity_row(identity: SsoIdentity) -> dict[str, Any]:
    """Return a user's account at an enterprise's identity provider."""
    return {
        "tenantId": identity.tenant_id,
        "id": identity.id,
        "userId": identity.user_id,
        "issuer": identity.issuer,
        "identityId": identity.identity_id,
        "detail": identity.detail,
        "createdAt": to_milliseconds(identity.created_at),
        "updatedAt": to_milliseconds(identity.updated_at),
        "ssoConnectorId": identity.connector_id,
    }


def _social_secret(user: User, target: str, held: FederatedTokenSet | None) -> dict[str, Any]:
    if held is None:
        return {}
    account = {"target": target, "identityId": user.identities[target]["userId"]}
    return {"tokenSecret": {**_secret(held), "connectorId": held.connector_id, **account}}


def _sso_secret(identity: SsoIdentity, held: FederatedTokenSet | None) -> dict[str, Any]:
    if held is None:
        return {}
    account = {"issuer": identity.issuer, "identityId": identity.identity_id}
    return {"tokenSecret": {**_secret(held), "ssoConnectorId": identity.connector_id, **account}}


def _secret(held: FederatedTokenSet) -> dict[str, Any]:
    return {
        **describe_token_set(held),
        "tenantId": held.tenant_id,
        "userId": held.user_id,
        "createdAt": to_milliseconds(held.created_at),
        "updatedAt": to_milliseconds(held.updated_at),
    }
