"""The base of views that take and answer JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.rest.limits import check_address
from common.rest.parsers import JsonAlways, JsonParser, OtherParser
from common.rest.renderers import to_json


class JsonView(APIView):
    """REST framework's view, without what takes most of its time and no API here has.

    What is left of a request: authentication, permissions, parsers, the method, and exceptions in the API's form. There
    is one format and nothing to negotiate, no version, no throttle; an answer is rendered once, where it is made.
    """

    parser_classes = [JsonParser, OtherParser]
    content_negotiation_class = JsonAlways
    metadata_class = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        self.request = wrapped = self.initialize_request(request, *args, **kwargs)
        answer: HttpResponseBase
        try:
            self.perform_authentication(wrapped)
            self.check_permissions(wrapped)
            answer = self.answer(wrapped, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the edge of the API: whatever happened is rendered
            answer = self.handle_exception(error)
        rendered: HttpResponseBase = self.finalize_response(wrapped, answer, *args, **kwargs)
        return rendered

    def answer(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request of a caller who may make it: by the method's handler.

        Raises `guard.query_too_long`, and `entity.not_found` for what can be nothing's id.
        """
        check_address(request.META.get("QUERY_STRING", ""), kwargs)
        answer: HttpResponseBase = self._handler()(request, *args, **kwargs)
        return answer

    def _handler(self) -> Any:
        name = (self.request.method or "").lower()
        found = getattr(self, name, None) if name in self.http_method_names else None
        return found or self.http_method_not_allowed

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Render the answer. A refused method is told which there are (RFC 9110 section 15.5.6)."""
        if isinstance(response, Response):
            response.content = to_json(response.data)
            response.headers["Content-Type"] = "application/json"
        if response.status_code == 405:
            response.headers["Allow"] = ", ".join(self.allowed_methods)
        return response
