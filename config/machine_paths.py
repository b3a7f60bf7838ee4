"""The short way to the provider's endpoints: the token path pays for nothing that only pages need.

Those addresses are fixed, so there is nothing to resolve, and of the middleware only what does something for them runs.
What goes over the wire is what the long way answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern

from common.middleware import (
    ReadableRequestMiddleware,
    RequestLogMiddleware,
    SecurityHeadersMiddleware,
    drop_type_of_nothing,
)
from common.wsgi import Request
from oidc.authorization.views import authorize
from oidc.urls_token import urlpatterns
from tenants.configuration import held_version
from tenants.context import Scope, current_scope
from tenants.middleware import TenantMiddleware

View = Callable[[HttpRequest], HttpResponseBase]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PREFIX = "/oidc/"
_AUTHORIZATION = f"{_PREFIX}auth"

# What depends on nothing but the tenant's configuration and the address it is asked at.
_DOCUMENTS = frozenset(
    f"{_PREFIX}{name}"
    for name in (".well-known/openid-configuration", ".well-known/oauth-authorization-server", "jwks")
)
_ORIGIN = ("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")
_VARYING = frozenset({"HTTP_ORIGIN", "HTTP_IF_NONE_MATCH", "HTTP_TRANSFER_ENCODING"})
# A caller may make up ports.
_MOST_DOCUMENTS = 1000

_request_log = logging.getLogger("gatehouse.request")


class Document(NamedTuple):
    """A rendered document, good as long as the configuration it was rendered from."""

    scope: Scope
    headers: list[tuple[str, str]]
    body: bytes

    def is_current(self) -> bool:
        return self.scope.version is not None and held_version(self.scope.tenant_id) == self.scope.version


def _machine_views() -> Mapping[str, View]:
    """The endpoints with a fixed address, by it."""
    patterns = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]
    return {
        f"{_PREFIX}{pattern.pattern}": cast(View, pattern.callback)
        for pattern in patterns
        if not pattern.pattern.converters and not pattern.pattern.regex.groups
    }


class MachinePaths:
    """A WSGI application that answers the machine endpoints and hands everything else to Django's."""

    def __init__(self, django: WSGIHandler) -> None:
        self._django = django
        self._views = {**_machine_views(), _AUTHORIZATION: authorize}
        # As pairs that are put beside the view's own headers: a response converts every header it is given.
        self._of_every_answer = tuple(SecurityHeadersMiddleware(django.get_response).headers.items())
        self._documents: dict[Hashable, Document] = {}
        # As in Django, what fails in one of them is answered there, and passes through those outside of it.
        chain: Any = convert_exception_to_response(self._call_view)
        for middleware in (TenantMiddleware, ReadableRequestMiddleware, RequestLogMiddleware):
            chain = convert_exception_to_response(middleware(chain))
        self._chain = chain

    def _call_view(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant_scope = current_scope()  # type: ignore[attr-defined]
        return self._views[request.path_info](request)

    def _headers(self, response: HttpResponseBase) -> list[tuple[str, str]]:
        """What the view has set, and what it has not and answers carry."""
        own = response.headers
        headers = [*response.items()]
        headers += [pair for pair in self._of_every_answer if pair[0] not in own]
        headers += [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]
        return headers

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path not in self._views or environ.get("SCRIPT_NAME") or settings.FORCE_SCRIPT_NAME:
            return self._django(environ, start_response)
        key = self._document_key(environ) if path in _DOCUMENTS else None
        if key is not None and (known := self._documents.get(key)) is not None and known.is_current():
            start_response("200 OK", known.headers)
            return (known.body,)
        # Django's signals at both ends of a request do this too, and nothing else that these endpoints need.
        close_old_connections()
        request = Request(environ)
        response = cast(HttpResponse, self._chain(request))
        drop_type_of_nothing(response)
        headers = self._headers(response)
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        body = response.content
        if key is not None and response.status_code == 200:
            self._keep(key, Document(request.tenant_scope, headers, body))  # type: ignore[attr-defined]
        return (body,)

    @staticmethod
    def _document_key(environ: dict[str, Any]) -> Hashable | None:
        """Everything that the document may depend on; nothing where it is asked for in a way that is not plain."""
        is_plain = environ["REQUEST_METHOD"] == "GET" and _VARYING.isdisjoint(environ) and not environ["QUERY_STRING"]
        if not is_plain or _request_log.isEnabledFor(logging.INFO):
            return None
        return (environ["PATH_INFO"], environ["wsgi.url_scheme"], *map(environ.get, _ORIGIN))

    def _keep(self, key: Hashable, document: Document) -> None:
        if len(self._documents) >= _MOST_DOCUMENTS:
            self._documents.clear()
        self._documents[key] = document
