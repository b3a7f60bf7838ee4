"""How the services of webhooks are called."""

from collections.abc import Callable
from typing import Any

from common.actors import SYSTEM, Actor
from common.clock import now
from events.models import Delivery, Hook
from events.webhooks import services
from events.webhooks.pausing import pause_if_dead
from tests.history.world import World

_CONFIG = {"url": "https://orders.example.com/events"}


def _hook() -> Hook:
    return services.create_hook(name="Orders", events=["User.Created"], config=_CONFIG, actor=SYSTEM)


def _delivery(hook: Hook) -> Delivery:
    return Delivery.objects.create(hook=hook, event="User.Created", body="{}", state="failed", created_at=now())


def recipes(actor: Actor) -> dict[Any, Callable[[World], Any]]:
    """Return a recipe for each."""

    def resume(_world: World) -> None:
        hook = _hook()
        pause_if_dead(hook.id, is_gone=True)
        services.resume_hook(hook, actor=actor)

    def replay(_world: World) -> None:
        delivery = _delivery(_hook())
        services.replay_delivery(delivery.hook, delivery, actor=actor)

    def replay_all(_world: World) -> None:
        delivery = _delivery(_hook())
        moment = delivery.created_at
        services.replay_deliveries(delivery.hook, start=moment, end=moment, actor=actor)

    return {
        services.create_hook: lambda _world: services.create_hook(events=["User.Created"], config=_CONFIG, actor=actor),
        services.update_hook: lambda _world: services.update_hook(_hook(), name="Bills", actor=actor),
        services.delete_hook: lambda _world: services.delete_hook(_hook(), actor=actor),
        services.rotate_signing_key: lambda _world: services.rotate_signing_key(_hook(), actor=actor),
        services.resume_hook: resume,
        services.replay_delivery: replay,
        services.replay_deliveries: replay_all,
    }
