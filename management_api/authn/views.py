"""`/api/authn/hasura`: the webhook by which a Hasura GraphQL engine asks who presents an access token."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from applications.selectors import get_application, list_application_roles
from common.errors import AppError
from common.rest.fields import Text
from common.rest.operations import operation
from identity.role_holders import list_user_roles
from identity.selectors import find_user
from management_api.auth import presented_token
from management_api.authn import answers
from management_api.views import PublicView
from oidc.token.tokens import find_access_token_claims

# The role that the client asks for: the contract's header, and the one that Hasura's own clients send.
_ROLE_HEADERS = ("Expected-Role", "X-Hasura-Role")


class HasuraQuery(serializers.Serializer[Any]):
    """The API whose tokens are taken, and the role of whoever has none."""

    resource = Text(min_length=1, max_length=2048)
    unauthorizedRole = Text(required=False, max_length=256)


class HasuraView(PublicView):
    """Answers with the session variables of whoever presents a token for `resource`.

    The role is the one the request asks for, if its user (or application) holds it. Without a good token, or without
    that role, it is `unauthorizedRole`; if there is none, the refusal is 401: `auth.expected_role_not_found` or that of
    the token.
    """

    @operation(
        "GetHasuraAuth",
        "Authorize a request of a Hasura engine",
        query=HasuraQuery,
        answer=answers.HasuraSession,
        errors=[
            "auth.authorization_header_missing",
            "auth.authorization_token_type_not_supported",
            "auth.unauthorized",
            "auth.expected_role_not_found",
        ],
    )
    def get(self, request: Request) -> Response:
        asked = self.query()
        fallback = asked.get("unauthorizedRole")
        try:
            subject, roles = _caller(request, audience=asked["resource"])
        except AppError:
            if not fallback:
                raise
            return Response({"X-Hasura-Role": fallback})
        expected = _expected_role(request.headers)
        if expected in roles:
            return Response({"X-Hasura-User-Id": subject, "X-Hasura-Role": expected})
        if not fallback:
            raise AppError("auth.expected_role_not_found")
        return Response({"X-Hasura-User-Id": subject, "X-Hasura-Role": fallback})


def _expected_role(headers: Mapping[str, str]) -> str | None:
    return next((headers[name] for name in _ROLE_HEADERS if headers.get(name)), None)


def _caller(request: Request, *, audience: str) -> tuple[str, set[str]]:
    """Who presents a token of this tenant for the API, and the names of the roles they hold now.

    Raises `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`, and `auth.unauthorized`
    for any other token, or one of a user who is suspended or gone.
    """
    sender, token = presented_token(request)
    claims = find_access_token_claims(token, sender=sender)
    if claims is None or claims.get("aud") != audience or not claims.get("sub"):
        raise AppError("auth.unauthorized")
    subject = str(claims["sub"])
    if subject == claims["client_id"]:
        held = list_application_roles(get_application(subject))
    else:
        user = find_user(subject)
        if user is None or user.is_suspended:
            raise AppError("auth.unauthorized")
        held = list_user_roles(user)
    return subject, set(held.values_list("name", flat=True))
