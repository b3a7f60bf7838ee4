"""`/api/users/…/delivery-problems`: addresses of a user that messages do not reach, or whose owner complained."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.clock import to_milliseconds
from common.errors import AppError
from common.rest.operations import operation
from connectors.address_events import describe_problem
from connectors.factories import Channel
from connectors.models import DeliveryProblem
from identity.selectors import get_user, list_delivery_problems
from identity.services.delivery_problems import clear_delivery_problem
from management_api.users import answers
from management_api.views import ApiView, no_content

_CHANNELS: dict[str, Channel] = {"email": "email", "phone": "phone"}


class DeliveryProblemsView(ApiView):
    """Lists what providers reported of a user's present addresses."""

    @operation(
        "ListUserDeliveryProblems",
        "List what providers reported of a user's addresses",
        answer=[answers.DeliveryProblem],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        problems = list_delivery_problems(get_user(user_id))
        return Response([represent_delivery_problem(channel, problem) for channel, problem in problems.items()])


class DeliveryProblemView(ApiView):
    """What was reported of one address, `email` or `phone`."""

    @operation(
        "DeleteUserDeliveryProblem", "Clear what was reported of an address of a user", errors=["entity.not_found"]
    )
    def delete(self, request: Request, user_id: str, channel: str) -> Response:
        user = get_user(user_id)
        if channel not in _CHANNELS:
            raise AppError("entity.not_found")
        clear_delivery_problem(user, channel=_CHANNELS[channel], actor=self.actor)
        return no_content()


def represent_delivery_problem(channel: Channel, problem: DeliveryProblem) -> dict[str, Any]:
    """Return a problem."""
    return {
        "channel": channel,
        "kind": problem.kind,
        "reason": problem.reason,
        "message": " ".join(f"{words.rstrip('.')}." for words in describe_problem(problem.kind, problem.reason)),
        "connectorId": problem.connector_id,
        "connectorFactoryId": problem.factory_id,
        "occurredAt": to_milliseconds(problem.occurred_at),
    }
