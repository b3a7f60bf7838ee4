"""Webhooks: where events are sent. Keys that sign what is sent are credentials: a new webhook gets its own.

An address is often a secret and is exported as a reference; a file may also say it in clear.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from common.shapes import Choice, Flag, Text
from configuration.errors import Path
from configuration.kinds.base import Change, Form, Item, Options, Reading
from configuration.kinds.shapes import Names, closed, form_shape
from configuration.secrets import with_secrets
from events.webhooks.configuration import CONFIG, MAX_NAME, MOST_HOOKS, config_of, events_of
from events.webhooks.models import Hook
from events.webhooks.names import EVENTS
from events.webhooks.services import create_hook, delete_hook, update_hook

_ADDRESS: Path = ("config", "url")
_COLUMNS = {"name": "name", "events": "events", "config": "config", "enabled": "enabled", "isOrdered": "is_ordered"}


class Webhooks:
    """Identified by name. What waits for delivery and whether one is paused is not configuration."""

    section = "webhooks"
    shape = form_shape(
        {
            "name": Text(max_length=MAX_NAME, required=True),
            "events": Names(of=Choice(choices=tuple(sorted(EVENTS)))),
            # The service reads the address, which may be a reference here.
            "config": form_shape({**closed(CONFIG).members, "url": Text(required=True, max_length=2048)}),
            "enabled": Flag(),
            "isOrdered": Flag(),
        }
    )
    options = Options(renames=True, may_be_clear=frozenset({_ADDRESS}), max_items=MOST_HOOKS)
    covers = (Hook,)
    settings = ()

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        config = form.get("config")
        headers = config.get("headers") if isinstance(config, dict) else None
        names = headers if isinstance(headers, dict) else ()
        return [_ADDRESS, *(("config", "headers", name) for name in names)]

    def read(self, reading: Reading) -> list[Item]:
        items = []
        for row in Hook.objects.all():
            form: Form = {
                "name": row.name,
                "events": sorted(events_of(row)),
                "config": config_of(row),
                "enabled": row.enabled,
                "isOrdered": row.is_ordered,
            }
            secret = with_secrets(form, list(self.secret_paths(form)), "webhook", row.name)
            items.append(Item(row.name or self.section, secret, row.id, row))
        return items

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {_COLUMNS[name]: value for name, value in form.items()}
        create_hook(**given, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        given: dict[str, Any] = {_COLUMNS[name]: form[name] for name in names}
        if "events" in given:
            # The list alone: the single event that a webhook may have instead of it goes.
            given["event"] = None
        update_hook(item.row, **given, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_hook(item.row, actor=change.actor)
