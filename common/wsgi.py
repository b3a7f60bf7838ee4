"""The WSGI application: every request of an installation, and of its tests, comes this way."""

import codecs
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpResponse
from django.utils.http import parse_header_parameters

from common.bodies import read_chunked_body
from common.documents import Documents
from common.pipeline import Pipeline
from common.proxies import apply_forwarded_headers
from common.request_log import log_answer

# What a body or a query may be written in. Python knows more codecs, some of which hold no text or take forever.
_CHARSET = re.compile(
    r"utf-(8|16|32)(-[lb]e)?|ascii|iso8859-\d+|cp12\d\d|koi8-[rtu]|gbk|gb18030|gb2312|big5|shift_jis|euc_\w+"
)


def _is_charset_of_text(name: str) -> bool:
    """Whether text may be written in it; a name that Python does not know is ignored, as in Django."""
    try:
        return _CHARSET.fullmatch(codecs.lookup(name).name) is not None
    except (LookupError, ValueError):
        return True


class Request(WSGIRequest):
    """A request that can be made of every environment; `ReadableRequestMiddleware` refuses the unreadable one.

    Django decodes the query while it makes the request, outside of every handler of exceptions.
    """

    is_unreadable = False

    def __init__(self, environ: dict[str, Any]) -> None:
        read_chunked_body(environ)
        super().__init__(environ)

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        charset = parse_header_parameters(meta.get("CONTENT_TYPE", ""))[1].get("charset", "")
        self.is_unreadable = not _is_charset_of_text(charset)
        super()._set_content_type_params({} if self.is_unreadable else meta)  # type: ignore[misc]


class Handler(Pipeline):
    """The WSGI application (PEP 3333). The documents that it keeps are answered without a request."""

    request_class = Request

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self.documents = Documents()

    def check_connections(self) -> None:
        """Let go of database connections that have failed or become too old."""
        # Of what listens to Django's signals at both ends of a request, all that has something to do here.
        close_old_connections()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        apply_forwarded_headers(environ)
        if (document := self.documents.find(environ)) is not None:
            log_answer("GET", environ["PATH_INFO"], 200, started=time.perf_counter())
            start_response("200 OK", document.headers)
            return (document.body,)
        asked_host = environ.get("HTTP_HOST", "")
        self.check_connections()
        response = self.get_response(self.request_class(environ))
        self.documents.keep(environ, response, asked_host=asked_host)
        headers = [*response.items()]
        headers += [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        if response.streaming:
            return response
        for close in response._resource_closers:  # type: ignore[attr-defined]  # the stubs lack it
            close()
        return (cast(HttpResponse, response).content,)
