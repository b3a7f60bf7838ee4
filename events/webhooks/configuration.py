"""What a webhook may be: its address, headers, events and keys, with their bounds."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.clock import now
from common.crypto import seal, unseal
from common.errors import invalid_value
from common.shapes import Integer, Members, Text, Values, WebAddress, validate
from events.webhooks.models import Hook
from events.webhooks.names import EVENTS

#: How many a tenant may have.
MOST_HOOKS = 50
MAX_NAME = 256
MOST_HEADERS = 20
_MAX_HEADER_NAME = 64
_MAX_HEADER_VALUE = 2048

CONFIG = Members(
    {
        "url": WebAddress(required=True, min_length=1),
        "headers": Values(of=Text(max_length=_MAX_HEADER_VALUE), max_items=MOST_HEADERS),
        "retries": Integer(minimum=0, maximum=3),
    }
)

# RFC 9110 sections 5.1 and 5.5, in characters that every server reads alike.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
# What belongs to the connection (RFC 9110 section 7.6.1), and what says who has sent it.
_RESERVED = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "upgrade"}
    | {"proxy-authorization", "proxy-connection", "transfer-encoding"}
)
_RESERVED_PREFIXES = ("logto-signature", "webhook-")

_CONFIG_CONTEXT = "Hook.config"
_KEY_CONTEXT = "Hook.signing_key"


def validated_config(config: Any) -> dict[str, Any]:
    """Return a configuration as it is stored; raises `guard.invalid_input`."""
    read: dict[str, Any] = validate(CONFIG, config, path="config")
    headers = read.get("headers") or {}
    for name, value in headers.items():
        if len(name) > _MAX_HEADER_NAME or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise invalid_value("config.headers", _("A header has characters that no header can have."))
        if name.lower() in _RESERVED or name.lower().startswith(_RESERVED_PREFIXES):
            raise invalid_value("config.headers", _("A header has a name that is reserved."))
    return read


def validated_events(events: Any) -> list[str]:
    """Return events without repetitions; raises `guard.invalid_input` for an unknown one."""
    if any(name not in EVENTS for name in events):
        raise invalid_value("events", _("There is no such event."))
    return list(dict.fromkeys(events))


def seal_config(config: Mapping[str, Any]) -> bytes:
    return seal(json.dumps(config), context=_CONFIG_CONTEXT)


def seal_key(key: str) -> bytes:
    return seal(key, context=_KEY_CONTEXT)


def config_of(hook: Hook) -> dict[str, Any]:
    """Return the configuration: `url`, `headers?`, `retries?`."""
    config: dict[str, Any] = json.loads(unseal(hook.sealed_config, context=_CONFIG_CONTEXT))
    return config


def signing_key_of(hook: Hook) -> str:
    """Return the key that signs what is sent."""
    return unseal(hook.sealed_signing_key, context=_KEY_CONTEXT)


def signing_keys_of(hook: Hook) -> list[str]:
    """Return every key that signs now, the newest first."""
    keys = [signing_key_of(hook)]
    if hook.sealed_previous_key and hook.previous_key_expires_at and hook.previous_key_expires_at > now():
        keys.append(unseal(hook.sealed_previous_key, context=_KEY_CONTEXT))
    return keys


def events_of(hook: Hook) -> list[str]:
    """Return the events that a webhook is sent."""
    return list(hook.events) or ([hook.event] if hook.event else [])
