"""How a request's body becomes JSON: malformed JSON is refused, anything that is not JSON counts as no body."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from common.rest.limits import read_json


class JsonParser(BaseParser):
    """JSON within the bounds of `common.rest.limits`."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return read_json(stream.read())


class OtherParser(BaseParser):
    """Whatever else is sent is not looked at."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return {}


class JsonAlways(BaseContentNegotiation):
    """The answer is JSON, whatever the caller would accept."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        content_type = request.content_type.partition(";")[0].strip().lower()
        is_json = content_type == "application/json" or content_type.endswith("+json")
        return parsers[0] if is_json else parsers[-1]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


def json_body(request: Request) -> Any:
    """Return the request's JSON; `{}` if there is none. Raises REST framework's `ParseError`."""
    data = request.data
    return {} if isinstance(data, QueryDict) or data is None else data
