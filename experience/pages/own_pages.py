"""Sign-in pages that the tenant has brought along, in the place of ours.

Every guarded address of ours answers with their `index.html`, whose script goes on by the address. What is about a
device, or says that there is nothing to do, stays ours, and so do the pages of tenant `admin`. `?pages=hosted` leads to
ours for the request under way: whoever runs into a broken upload has a way out, and own pages can leave steps to ours.
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Protocol

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

from common.errors import AppError
from experience.custom_ui.versions import OwnPages, find_own_pages
from experience.sign_in_settings import SignInSettings

logger = logging.getLogger(__name__)

# The request for which a browser has asked for our pages. Whatever else it holds, they are ours or the tenant's.
_COOKIE = "_hosted_pages"
_PARAMETER, _HOSTED = "pages", "hosted"

# What stands in the pages for what the server knows; in quotes, so that the script is one without the server, too.
_PLACEHOLDER = re.compile(r"\"__LOGTO_SSR__\"|'__LOGTO_SSR__'")
# Whole comments and elements, so that what they say about scripts stays text; what is not closed goes to the end.
_SCRIPT = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))|<script(?P<rest>(?=[\s/>]).*?(?:</script(?=[\s/>])|\Z))", re.IGNORECASE | re.DOTALL
)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
# In a script they would end it, or begin another one; the line separators were line breaks in it once.
_ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


class RequestedPage(Protocol):
    """What a hosted page knows of the request."""

    request: HttpRequest

    @property
    def settings(self) -> SignInSettings: ...

    @property
    def language(self) -> str: ...

    @property
    def custom_css(self) -> str:
        """The style sheet of the tenant, the application or the organization, safe in a style element."""

    @property
    def pending_id(self) -> str:
        """The id of the request under way, empty if there is none."""

    def known_to_script(self) -> Mapping[str, Any]:
        """What the server says to the script of brought-along pages."""


def own_pages_of(settings: SignInSettings) -> OwnPages | None:
    """Return the pages that the tenant has brought along and uses.

    None if they cannot be read just now: then ours are there. No statement for a tenant without.
    """
    try:
        return find_own_pages(settings.wire["customUiAssets"])
    except AppError:
        logger.exception("brought-along pages cannot be read")
        return None


def answer_with_own_pages(page: RequestedPage) -> HttpResponse | None:
    """Return the tenant's own page for a request that opens one; `None` if ours is to answer."""
    if page.request.method not in ("GET", "HEAD") or asks_for_ours(page.request):
        return None
    if page.request.COOKIES.get(_COOKIE, "") == page.pending_id != "":
        return None
    own = own_pages_of(page.settings)
    if own is None:
        return None
    response = HttpResponse(_filled(own.index, page))
    response.headers["Content-Language"] = page.language
    set_policy(response, page.settings, with_nonce=True)
    return response


def asks_for_ours(request: HttpRequest) -> bool:
    """Whether the address asks for our pages."""
    return request.GET.get(_PARAMETER) == _HOSTED


def remember_ours(request: HttpRequest, response: HttpResponse, pending_id: str) -> None:
    """Keep to our pages for the request under way, if the address asks for them."""
    if pending_id and asks_for_ours(request):
        response.set_cookie(_COOKIE, pending_id, httponly=True, samesite="Lax", secure=request.is_secure())


def set_policy(response: HttpResponse, settings: SignInSettings, *, with_nonce: bool = False) -> None:
    """Bound what brought-along pages load, call and are framed by.

    Widgets such as captchas come as frames from where their script comes. Style sheets may be inline: what sets styles
    by script needs it, and no text of a stranger's gets into the page.
    """
    csp = settings.wire["customUiCsp"]
    scripts, called = csp.get("scriptSrc") or [], csp.get("connectSrc") or []
    response._csp_config = {  # type: ignore[attr-defined]  # read by the middleware
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF, *called],
        "font-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": scripts or [NONE],
        "img-src": [SELF, "data:", "https:"],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "script-src": [SELF, *([NONCE] if with_nonce else []), *scripts],
        "style-src": [SELF, UNSAFE_INLINE],
        "worker-src": [SELF],
    }


def script_value(value: Mapping[str, Any]) -> str:
    """Return JSON as it may stand in an inline script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _filled(index: str, page: RequestedPage) -> str:
    nonce = str(page.request.csp_nonce)  # type: ignore[attr-defined]  # set by the middleware
    filled = _with_nonce(index, nonce)
    if page.custom_css:
        style = f"<style data-custom-css>{page.custom_css}</style>"
        filled = _HEAD_END.sub(lambda found: style + found[0], filled, count=1)
    if not _PLACEHOLDER.search(filled):
        return filled
    known = f"Object.freeze({script_value(page.known_to_script())})"
    return _PLACEHOLDER.sub(lambda _found: known, filled)


def _with_nonce(index: str, nonce: str) -> str:
    """Return the page with the nonce in the opening tag of each of its scripts."""

    def opened(found: re.Match[str]) -> str:
        rest = found["rest"]
        return found[0] if rest is None else f'<script nonce="{nonce}"{rest}'

    return _SCRIPT.sub(opened, index)
