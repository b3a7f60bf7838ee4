"""Django's WSGI handler, with a request that survives a charset no text is written in."""

import codecs
import re
from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from common.bodies import read_chunked_body

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


class Handler(WSGIHandler):
    """Django's handler, with our request."""

    request_class = Request
