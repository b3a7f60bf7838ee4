"""What an Action's configuration and the input of a trial may be."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.sandbox.fetching import read_allowed_host
from common.shapes import Choice, Flag, Items, Members, Shape, Text, Values
from common.shapes.base import refuse
from experience.actions.configuration import ActionType
from identity.user_fields import is_storable_json


@dataclass(frozen=True, kw_only=True)
class _AnyJson(Shape):
    """Any JSON value that a column can hold."""

    nullable: bool = True

    def _read(self, value: Any, path: str) -> Any:
        if not is_storable_json(value):
            raise refuse(path, "invalid", _("This JSON cannot be stored."))
        return value


@dataclass(frozen=True, kw_only=True)
class _AllowedHost(Text):
    """`host` or `host:port`, kept in the form in which it is compared."""

    max_length: int = 260

    def _read(self, value: Any, path: str) -> str:
        text = super()._read(value, path)
        try:
            return read_allowed_host(text)
        except ValueError:
            raise refuse(path, "invalid", _("This is not a host name, with or without a port.")) from None


_SCRIPT = Text(max_length=100_000, required=True)
_VARIABLES = Values(of=Text())
_ALLOWED_HOSTS = Items(of=_AllowedHost(), max_items=20)

CONFIGURATION = Members(
    {
        "script": _SCRIPT,
        "environmentVariables": _VARIABLES,
        "contextSample": _AnyJson(),
        "enabled": Flag(default=True),
        "onExecutionError": Choice(choices=("block", "allow"), default="block"),
        "allowedHosts": _ALLOWED_HOSTS,
    },
    is_closed=True,
)
TRIAL = Members(
    {
        "script": _SCRIPT,
        "actionType": Choice(choices=tuple(kind.value for kind in ActionType), required=True),
        "event": _AnyJson(required=True),
        "environmentVariables": _VARIABLES,
        "allowedHosts": _ALLOWED_HOSTS,
    },
    is_closed=True,
)
