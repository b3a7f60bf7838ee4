"""The parameters of the machine endpoints: a form or a JSON object of at most 56 kB (RFC 6749 section 3.2)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from common.oauth.errors import invalid_request, missing_parameter

MAX_BODY_BYTES = 56 * 1024
_MAX_FIELDS = 200
_CHARSETS = {"utf16le": "utf-16-le", "ucs2": "utf-16-le", "ucs-2": "utf-16-le", "binary": "latin-1"}

# The one parameter that may come several times (RFC 8707 section 2).
RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters that have a value; one sent without a value counts as omitted (RFC 6749 section 3.1)."""

    values: dict[str, str]
    resources: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """Return a value, empty if the parameter is not there."""
        return self.values.get(name, "")

    def require(self, name: str) -> str:
        """Return a value; raises `invalid_request` where the parameter is not there."""
        if value := self.values.get(name):
            return value
        raise missing_parameter(name)


def read_form(request: HttpRequest) -> Form:
    """Return the parameters of a request's body.

    Raises `invalid_request` for a body that is too large (413), cannot be read or is of another type, for a NUL
    character, and for a parameter that comes twice.
    """
    return collect(read_pairs(request))


def collect(pairs: Iterable[tuple[str, Any]]) -> Form:
    """Return the parameters in pairs of name and value; raises as `read_form`."""
    values: dict[str, str] = {}
    resources: list[str] = []
    for name, value in pairs:
        if value in ("", None):
            continue
        if not isinstance(value, str):
            raise invalid_request(f"parameter '{name}' must be a string")
        if not is_storable(value) or not is_storable(name):
            raise invalid_request("invalid character in the request")
        if name == RESOURCE:
            resources.append(value)
        elif name in values:
            raise invalid_request(f"'{name}' parameter must not be provided twice")
        else:
            values[name] = value
    return Form(values, tuple(dict.fromkeys(resources)))


def query_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the query names, in pairs."""
    return [(name, value) for name, values in request.GET.lists() for value in values]


def _read_bytes(request: HttpRequest) -> bytes:
    # The size is known before anything is read into memory.
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdecimal() or int(declared) > MAX_BODY_BYTES:
        raise invalid_request("the request body is too large", status=413)
    return request.body


def read_text(request: HttpRequest) -> str:
    """Return the body as the text it is; raises `invalid_request` (413), `LookupError` and `ValueError`."""
    return _read_bytes(request).decode(_charset(request))


def read_pairs(request: HttpRequest) -> Iterable[tuple[str, Any]]:
    """Return what the body names, in pairs and uninterpreted; raises `invalid_request` where it cannot be read."""
    if not _read_bytes(request):
        return ()
    try:
        text = read_text(request)
        match request.content_type:
            case "application/x-www-form-urlencoded":
                return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
            case "application/json":
                return list(object_pairs(json.loads(text)))
            case "multipart/form-data":
                return [(name, value) for name, values in request.POST.lists() for value in values]
    except (LookupError, ValueError, RecursionError, MultiPartParserError, SuspiciousOperation) as error:
        raise invalid_request("failed to parse the request body") from error
    raise invalid_request("only form and JSON bodies are supported")


def _charset(request: HttpRequest) -> str:
    """The charset of the content type, also by the names that only some clients use."""
    name = ((request.content_params or {}).get("charset") or "utf-8").strip("\"'").lower()
    return _CHARSETS.get(name, name)


def object_pairs(content: Any) -> Iterable[tuple[str, Any]]:
    """Return what a JSON object names, in pairs: `resource` may be a list, and a number counts as its digits."""
    if not isinstance(content, dict):
        raise ValueError("not an object")
    for name, value in content.items():
        if name == RESOURCE and isinstance(value, list):
            yield from ((name, item) for item in value)
        elif isinstance(value, int | float):
            yield name, json.dumps(value)
        else:
            yield name, value


def is_storable(value: str) -> bool:
    """Without NUL and lone surrogates, which no database column holds."""
    return "\x00" not in value and (value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value))
