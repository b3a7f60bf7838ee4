"""A hosted page as a picture of itself: drawn from given settings, of nobody, and answering to nothing.

Everything that could make it more is left out: no script, no form that is sent, no link that leads anywhere, no token
in its text that a style sheet could read letter by letter, and for browsers a document of no origin (CSP `sandbox`).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from csp.constants import NONCE, NONE
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf

from experience.models import Interaction
from experience.pages.look import build_look
from experience.pages.memory import Memory
from experience.pages.page import Page, Prompt
from experience.phrases.speech import in_words_of
from experience.records import Identifier
from experience.selectors import public_settings_of
from experience.sign_in_settings import SignInSettings
from oidc.models import AuthorizationRequest
from tenants.context import current_tenant_id
from tenants.files.models import PATH
from tenants.hosts import origin_of_tenant

Theme = Literal["light", "dark"]

ADDRESS = Identifier("email", "alex@example.com")
_STYLES = "experience/pages.css"
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")


class PreviewPage(Page):
    """A page for a browser that is in no sign-in, in a language and a theme that the viewer chooses."""

    def __init__(self, nonce: str, *, settings: SignInSettings, language: str, theme: Theme, name: str) -> None:
        request = HttpRequest()
        request.method, request.path = "GET", "/preview"
        # A browser without any is told that it needs them.
        request.COOKIES = {"preview": "1"}
        request.META.update(SERVER_NAME="localhost", SERVER_PORT="80")
        request.csp_nonce = nonce  # type: ignore[attr-defined]  # as the middleware does
        pending = AuthorizationRequest(id="preview", application_id="", parameters={}, prompt=Prompt.LOGIN, reasons=[])
        super().__init__(request, pending, language)
        self.settings, self.theme = settings, theme
        self.public_settings = public_settings_of(settings)
        look = build_look(self.public_settings, application_name=name)
        self.look = replace(look, custom_css=themed(look.custom_css, theme))
        self.remember(ADDRESS)

    def remember(self, identifier: Identifier, *, event: str = Interaction.Event.SIGN_IN) -> None:
        """Be in a journey with this identifier, to which a code has been sent."""
        context = {"pages": Memory(identifier, "preview")._asdict()}
        self.interaction = Interaction(id="preview", event=event, records=[], profile={}, context=context)

    @property
    def interaction_shown(self) -> Interaction:
        """The journey under way, of which there always is one."""
        assert self.interaction is not None  # noqa: S101 - made with the page
        return self.interaction

    @property
    def form_address(self) -> str:
        return ""

    def url(self, name: str, *parts: str, **query: str) -> str:
        """Every link is there, and leads nowhere."""
        return "#"

    @property
    def is_preview(self) -> bool:
        return True

    @property
    def styles(self) -> str:
        """The style sheet in the page itself: what has no origin may load nothing of ours."""
        return themed(_styles(), self.theme)

    @property
    def dark_media(self) -> str:
        return themed("(prefers-color-scheme: dark)", self.theme)

    def render(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        # The page is drawn at the console's host, where the tenant's files are not.
        css = self.look.custom_css.replace(PATH, f"{origin_of_tenant(current_tenant_id())}{PATH}")
        look = replace(self.look, custom_css=css)
        values = {"page": self, "look": look, "request": self.request, "csrf_token": "", **context}
        # A frame does not take the focus from the settings next to it.
        drawn = render_to_string(f"experience/{template}.html", values).replace(" autofocus", "")
        response = HttpResponse(drawn)
        response.headers["Content-Language"] = self.language
        return response


def themed(styles: str, theme: Theme) -> str:
    """Return a style sheet as a viewer with this theme sees it, whatever theme the browser has."""
    return _SCHEME.sub(lambda found: "(min-width: 0)" if found[1] == theme else "(max-width: 0)", styles)


@contextmanager
def at_the_pages(language: str) -> Iterator[None]:
    """Speak a language, and find the addresses of the hosted pages from within the console, which has others."""
    urlconf, prefix = get_urlconf(), get_script_prefix()
    set_urlconf(None)
    set_script_prefix("/")
    try:
        with in_words_of(language):
            yield
    finally:
        set_urlconf(urlconf)
        set_script_prefix(prefix)


def bound_preview(response: HttpResponse, *, nonce: str, framed_by: str) -> HttpResponse:
    """Give a preview its policy; `framed_by` is the source that may show it."""
    response.headers["Content-Security-Policy"] = build_policy(
        config={
            "default-src": [NONE],
            "base-uri": [NONE],
            "font-src": ["data:"],
            "form-action": [NONE],
            "frame-ancestors": [framed_by],
            "img-src": ["https:", "http:", "data:"],
            "sandbox": True,
            "style-src": [NONCE],
        },
        nonce=nonce,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _styles() -> str:
    path = finders.find(_STYLES)
    with open(str(path), encoding="utf-8") as file:
        return file.read()
