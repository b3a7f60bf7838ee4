"""`/api/hooks`: webhooks, what was sent to them, and how it is sent again."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from events.webhooks.models import Hook
from events.webhooks.selectors import (
    Stats,
    get_delivery,
    get_hook,
    list_attempts,
    list_deliveries,
    list_hooks,
    list_recent_attempts,
    stats_of,
)
from events.webhooks.services import (
    create_hook,
    delete_hook,
    replay_deliveries,
    replay_delivery,
    resume_hook,
    rotate_signing_key,
    update_hook,
)
from events.webhooks.trial import send_test
from management_api.hooks import answers
from management_api.hooks.serializers import (
    DeliveryQuery,
    HookCreation,
    HookTest,
    HookUpdate,
    KeyRotation,
    RecentLogsQuery,
    Replay,
    delivery_detail,
    delivery_row,
    hook_row,
    log_row,
)
from management_api.views import ApiView, no_content


class HooksView(ApiView):
    """Lists and sets up webhooks."""

    @operation(
        "ListHooks",
        "List webhooks",
        flags={"includeExecutionStats": "Also give what was sent in the last 24 hours."},
        pages="optional",
        answer=[answers.Hook],
    )
    def get(self, request: Request) -> Response:
        def represent(hooks: list[Hook]) -> list[dict[str, Any]]:
            if not self.flag("includeExecutionStats"):
                return [hook_row(hook) for hook in hooks]
            stats = stats_of(hook.id for hook in hooks)
            return [hook_row(hook, stats.get(hook.id, Stats())) for hook in hooks]

        return paginated(request, list_hooks(), represent, optional=True)

    @operation(
        "CreateHook",
        "Create a webhook",
        body=HookCreation,
        errors=["hook.missing_events", "hook.too_many", "guard.invalid_input"],
        status=201,
        answer=answers.Hook,
    )
    def post(self, request: Request) -> Response:
        return Response(hook_row(create_hook(**self.body(), actor=self.actor)), status=201)


class HookView(ApiView):
    """One webhook."""

    @operation(
        "GetHook",
        "Get a webhook",
        flags={"includeExecutionStats": "Also give what was sent in the last 24 hours."},
        errors=["entity.not_exists_with_id"],
        answer=answers.Hook,
    )
    def get(self, request: Request, id: str) -> Response:
        hook = get_hook(id)
        # Any value says yes here.
        wants_stats = bool(request.query_params.get("includeExecutionStats"))
        return Response(hook_row(hook, stats_of([id]).get(id, Stats()) if wants_stats else None))

    @operation(
        "UpdateHook",
        "Change a webhook",
        body=HookUpdate,
        errors=["entity.not_exists_with_id", "hook.missing_events", "entity.invalid_input"],
        answer=answers.Hook,
    )
    def patch(self, request: Request, id: str) -> Response:
        hook = get_hook(id)
        return Response(hook_row(update_hook(hook, **self.body(), actor=self.actor)))

    @operation("DeleteHook", "Delete a webhook", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_hook(get_hook(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class SigningKeyView(ApiView):
    """The key that signs what is sent to a webhook."""

    @operation(
        "UpdateHookSigningKey",
        "Rotate the signing key of a webhook",
        body=KeyRotation,
        errors=["entity.not_exists_with_id"],
        answer=answers.Hook,
    )
    def patch(self, request: Request, id: str) -> Response:
        hook = get_hook(id)
        given = self.body() if request.body else {}
        return Response(hook_row(rotate_signing_key(hook, **given, actor=self.actor)))


class TestView(ApiView):
    """Sends test events."""

    @operation(
        "CreateHookTest",
        "Send test events to a webhook",
        body=HookTest,
        errors=[
            "entity.not_exists_with_id",
            "hook.endpoint_responded_with_error",
            "hook.send_test_payload_failed",
            "request.rate_limited",
        ],
    )
    def post(self, request: Request, id: str) -> Response:
        send_test(get_hook(id), **self.body())
        return no_content()


class ResumptionView(ApiView):
    """Sends to a webhook again that was paused."""

    @operation(
        "ResumeHook",
        "Send to a paused webhook again",
        errors=["entity.not_exists_with_id"],
        answer=answers.Hook,
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(hook_row(resume_hook(get_hook(id), actor=self.actor)))


class RecentLogsView(ApiView):
    """What was sent to a webhook, as entries of the audit log. There are none of one that is not there."""

    @operation(
        "ListHookRecentLogs",
        "List what was sent to a webhook, as entries of the audit log",
        query=RecentLogsQuery,
        errors=["log.invalid_time_window"],
        pages="always",
        answer=[answers.HookLog],
    )
    def get(self, request: Request, id: str) -> Response:
        attempts = list_recent_attempts(id, **self.query())
        return paginated(request, attempts, lambda rows: [log_row(row) for row in rows])


class DeliveriesView(ApiView):
    """What was, or is to be, sent to a webhook."""

    @operation(
        "ListHookDeliveries",
        "List what was, or is to be, sent to a webhook",
        query=DeliveryQuery,
        errors=["entity.not_exists_with_id", "log.invalid_time_window"],
        pages="always",
        answer=[answers.Delivery],
    )
    def get(self, request: Request, id: str) -> Response:
        deliveries = list_deliveries(get_hook(id).id, **self.query())
        return paginated(request, deliveries.defer("body"), lambda rows: [delivery_row(row) for row in rows])


class DeliveryView(ApiView):
    """One delivery."""

    @operation(
        "GetHookDelivery",
        "Get a delivery with its requests",
        errors=["entity.not_exists_with_id", "entity.not_found"],
        answer=answers.DeliveryDetail,
    )
    def get(self, request: Request, id: str, delivery_id: str) -> Response:
        delivery = get_delivery(get_hook(id), delivery_id)
        return Response(delivery_detail(delivery, list(list_attempts(delivery))))


class DeliveryReplayView(ApiView):
    """Sends one delivery again."""

    @operation(
        "ReplayHookDelivery",
        "Send a delivery again",
        status=202,
        errors=["entity.not_exists_with_id", "entity.not_found"],
        answer=answers.Delivery,
    )
    def post(self, request: Request, id: str, delivery_id: str) -> Response:
        hook = get_hook(id)
        replay_delivery(hook, get_delivery(hook, delivery_id), actor=self.actor)
        return Response(delivery_row(get_delivery(hook, delivery_id)), status=202)


class ReplayView(ApiView):
    """Sends again what was recorded in a time."""

    @operation(
        "ReplayHookDeliveries",
        "Send again what was recorded in a time",
        body=Replay,
        status=202,
        errors=["entity.not_exists_with_id", "log.invalid_time_window"],
        answer=answers.ReplayCount,
    )
    def post(self, request: Request, id: str) -> Response:
        count = replay_deliveries(get_hook(id), **self.body(), actor=self.actor)
        return Response({"count": count}, status=202)
