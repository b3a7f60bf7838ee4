"""Scripts that take part in sign-ins."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import invalid_value
from common.rest.operations import operation
from common.rest.parsers import json_body
from experience.actions.configuration import ActionType
from experience.actions.shapes import CONFIGURATION, TRIAL
from experience.services import action_settings
from management_api.actions import answers
from management_api.views import ApiView, no_content


def _kind(action_type: str) -> ActionType:
    try:
        return ActionType(action_type)
    except ValueError as error:
        raise invalid_value("actionType", "Must be one of the types of Actions.", code="invalid_choice") from error


class ActionsView(ApiView):
    """All Actions."""

    @operation("ListActions", "List Actions", answer=[answers.ActionOfMoment])
    def get(self, request: Request) -> Response:
        return Response([{"key": kind.value, "value": value} for kind, value in action_settings.list_actions()])


class ActionView(ApiView):
    """The Action for one moment of a sign-in."""

    @operation(
        "GetAction", "Get an Action", answer=CONFIGURATION, errors=["guard.invalid_input", "entity.not_exists_with_id"]
    )
    def get(self, request: Request, action_type: str) -> Response:
        return Response(action_settings.get_action(_kind(action_type)))

    @operation(
        "UpsertAction",
        "Set an Action",
        body=CONFIGURATION,
        answer=CONFIGURATION,
        status=(200, 201),
        errors=["entity.not_found", "action.general"],
    )
    def put(self, request: Request, action_type: str) -> Response:
        value, is_first = action_settings.put_action(_kind(action_type), json_body(request), actor=self.actor)
        return Response(value, status=status.HTTP_201_CREATED if is_first else status.HTTP_200_OK)

    @operation(
        "UpdateAction",
        "Change an Action",
        body=CONFIGURATION,
        partial=True,
        answer=CONFIGURATION,
        errors=["entity.not_exists_with_id"],
    )
    def patch(self, request: Request, action_type: str) -> Response:
        return Response(action_settings.update_action(_kind(action_type), json_body(request), actor=self.actor))

    @operation("DeleteAction", "Remove an Action", errors=["guard.invalid_input", "entity.not_found"])
    def delete(self, request: Request, action_type: str) -> Response:
        action_settings.delete_action(_kind(action_type), actor=self.actor)
        return no_content()


class TrialView(ApiView):
    """Runs a script on a made-up event: 204 if it returns nothing."""

    @operation(
        "TestAction",
        "Try an Action on a made-up event",
        body=TRIAL,
        answer=Any,
        status=(200, 204),
        errors=["action.general", "request.rate_limited"],
    )
    def post(self, request: Request) -> HttpResponse:
        returned = action_settings.try_action(json_body(request))
        # REST framework answers `null` with nothing.
        return no_content() if returned.is_undefined else JsonResponse(returned.value, safe=False)
