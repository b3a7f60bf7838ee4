"""`/api/users/…/sessions` and `/grants`: where a user is signed in, and what they have granted."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.fields import Choice
from common.rest.operations import operation
from management_api.users import answers
from management_api.views import ApiView, no_content
from oidc.sessions.grants import revoke_user_grant
from oidc.sessions.selectors import get_session, grant_info, list_grants, list_sessions, session_info
from oidc.sessions.sessions import GrantTarget, revoke_session


class RevocationQuery(serializers.Serializer[Any]):
    """Whose grants go with the session."""

    revokeGrantsTarget = Choice(source="target", choices=list(GrantTarget), required=False)


class GrantQuery(serializers.Serializer[Any]):
    """The filter of the list of grants."""

    appType = Choice(source="app_type", choices=["firstParty", "thirdParty"], required=False)


class UserSessionsView(ApiView):
    """Lists the sessions of a user."""

    @operation("ListUserSessions", "List the sessions of a user", answer=answers.Sessions)
    def get(self, request: Request, user_id: str) -> Response:
        return Response({"sessions": [session_info(session) for session in list_sessions(user_id)]})


class UserSessionView(ApiView):
    """One session of a user."""

    @operation(
        "GetUserSession",
        "Get a session of a user",
        answer=answers.Session,
        errors=["request.invalid_input", "oidc.session_not_found"],
    )
    def get(self, request: Request, user_id: str, session_id: str) -> Response:
        return Response(session_info(get_session(user_id, session_id)))

    @operation(
        "DeleteUserSession",
        "End a session of a user",
        query=RevocationQuery,
        errors=["request.invalid_input", "oidc.invalid_session_account_id", "oidc.session_not_found"],
    )
    def delete(self, request: Request, user_id: str, session_id: str) -> Response:
        target = self.query().get("target")
        revoke_session(user_id, session_id, target=GrantTarget(target) if target else None, actor=self.actor)
        return no_content()


class UserGrantsView(ApiView):
    """Lists the grants of a user."""

    @operation(
        "ListUserGrants", "List what a user has granted to applications", query=GrantQuery, answer=answers.Grants
    )
    def get(self, request: Request, user_id: str) -> Response:
        app_type = self.query().get("app_type")
        is_third_party = None if app_type is None else app_type == "thirdParty"
        return Response(
            {"grants": [grant_info(grant) for grant in list_grants(user_id, is_third_party=is_third_party)]}
        )


class UserGrantView(ApiView):
    """One grant of a user."""

    @operation(
        "DeleteUserGrant",
        "Revoke what a user has granted to an application",
        errors=["request.invalid_input", ("oidc.invalid_grant", 404)],
    )
    def delete(self, request: Request, user_id: str, grant_id: str) -> Response:
        revoke_user_grant(user_id, grant_id, actor=self.actor)
        return no_content()
