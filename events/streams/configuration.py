"""What a stream may be: its kind, address, headers and format, with their bounds."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.crypto import seal, unseal
from common.errors import invalid_value
from common.shapes import Choice, Members, validate
from events.streams.models import LogStream
from events.webhooks.configuration import validated_config as validated_endpoint

#: How many a tenant may have.
MOST_STREAMS = 5
#: Stands for the value of a header where a configuration is shown; sent back, it keeps the value.
MASK = "******"

_FORMAT = Members({"format": Choice(choices=("ndjson", "json"), default="ndjson")})
_CONTEXT = "LogStream.config"


def validated_config(kind: str, config: Any, *, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a configuration as it is stored: `url`, `headers`, of an HTTP collector `format`.

    A header whose value is the mask keeps the value it has in `stored`, unless the address is another one: who may set
    an address must not get to see a key. Raises `guard.invalid_input`.
    """
    read = validated_endpoint(config)
    held = stored or {}
    known = held.get("headers", {}) if held.get("url") == read["url"] else {}
    headers = {
        name: known.get(name, MASK) if value == MASK else value for name, value in read.get("headers", {}).items()
    }
    if MASK in headers.values():
        raise invalid_value("config.headers", _("The value of a header is missing."))
    checked = {"url": read["url"], "headers": headers}
    if kind == LogStream.Kind.HTTP:
        checked |= _FORMAT.fill(validate(_FORMAT, config, path="config"))
    return checked


def masked_config(stream: LogStream) -> dict[str, Any]:
    """Return the configuration without the values of its headers."""
    config = config_of(stream)
    return {**config, "headers": dict.fromkeys(config["headers"], MASK)}


def config_of(stream: LogStream) -> dict[str, Any]:
    """Return the configuration as it is."""
    config: dict[str, Any] = json.loads(unseal(stream.sealed_config, context=_CONTEXT))
    return config


def seal_config(config: Mapping[str, Any]) -> bytes:
    return seal(json.dumps(config), context=_CONTEXT)
