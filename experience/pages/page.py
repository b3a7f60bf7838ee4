"""What every hosted page shares: its authorization request, the tenant's settings, its language, its look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.clients import find_client
from common.ascii_urls import to_ascii_url
from common.errors import AppError
from common.views import app_error_page
from experience.current_device import device_of
from experience.languages import choose_language, language_direction, language_tag
from experience.models import Interaction
from experience.overrides import override_settings
from experience.pages.look import Look, build_look
from experience.pages.notices import notice_text
from experience.selectors import find_interaction, represent_public_settings
from experience.services.settings import get_sign_in_experience
from experience.sign_in_settings import SignInSettings
from oidc.authorization.parameters import ONE_TIME_TOKEN
from oidc.authorization.pending import find_pending
from oidc.models import AuthorizationRequest, DeviceGrant

SEE_OTHER = 303
Prompt = AuthorizationRequest.Prompt

# How a page's address names the request it is about: two windows may have one of the same application.
_REQUEST = "request"

_PAGES = {Prompt.LOGIN: "sign-in", Prompt.CONSENT: "consent"}


@dataclass(eq=False)
class Page:
    """One request to a hosted page. `pending` is `None` only on pages that need no authorization request."""

    request: HttpRequest
    pending: AuthorizationRequest | None
    language: str
    # A device that asks instead of an application in this browser.
    device: DeviceGrant | None = None
    # What the page's policy admits besides the look: directive -> sources.
    _admitted: dict[str, list[str]] = field(default_factory=dict)

    def admit(self, directive: str, *sources: str) -> None:
        """Let the page load from these sources; before it is drawn."""
        self._admitted.setdefault(directive, []).extend(sources)

    def turn_to(self, device: DeviceGrant) -> None:
        """Take the look and the language that a device asks for; before anything is drawn."""
        self.device, self.language = device, _language_of(self.request, device)
        translation.activate(self.language)

    @property
    def _asks(self) -> AuthorizationRequest | DeviceGrant | None:
        return self.device or self.pending

    @property
    def language_tag(self) -> str:
        return language_tag(self.language)

    @property
    def direction(self) -> str:
        return language_direction(self.language)

    @cached_property
    def settings(self) -> SignInSettings:
        return get_sign_in_experience()

    @cached_property
    def public_settings(self) -> Mapping[str, Any]:
        return represent_public_settings()

    @cached_property
    def look(self) -> Look:
        client = find_client(self._asks.client_id) if self._asks else None
        settings = override_settings(
            self.public_settings,
            application_id=client.id if client else "",
            organization_id=self.parameter("organization_id"),
        )
        # What a client calls itself is said on the consent page alone, as its own word.
        name = client.name if client and not client.is_unverified else ""
        return build_look(settings, application_name=name)

    @cached_property
    def interaction(self) -> Interaction | None:
        """The journey under way."""
        return find_interaction(self.authorization_request)

    @property
    def authorization_request(self) -> AuthorizationRequest:
        """The request that waits; raises `session.not_found`."""
        if self.pending is None:
            raise AppError("session.not_found")
        return self.pending

    def parameter(self, name: str) -> str:
        """Return a parameter of the application's or the device's request, empty if it was not sent."""
        value = self._asks.parameters.get(name) if self._asks else None
        return value if isinstance(value, str) else ""

    @property
    def is_post(self) -> bool:
        return self.request.method == "POST"

    @property
    def action(self) -> str:
        """The button that sent the form; empty for the page's main one."""
        return self.request.POST.get("action", "")

    @property
    def form_address(self) -> str:
        """Where this page's forms go: to itself, for the request it was drawn for; empty if there is none."""
        if self.pending is None:
            return ""
        return f"{self.request.path}?{urlencode({'app_id': self.pending.client_id, _REQUEST: self.pending.id})}"

    def url(self, name: str, *parts: str, **query: str) -> str:
        """Return the address of another page for the same request, whatever else begins in the browser."""
        if self.pending:
            query = {"app_id": self.pending.client_id, _REQUEST: self.pending.id, **query}
        return reverse(f"pages:{name}", args=parts) + (f"?{urlencode(query)}" if query else "")

    def redirect(self, name: str, *parts: str, **query: str) -> HttpResponse:
        """Go on to another page (303: the browser asks for it with GET)."""
        return HttpResponseRedirect(self.url(name, *parts, **query), status=SEE_OTHER)

    def render(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """Draw a page in its language, under a policy that admits the tenant's images."""
        notice = notice_text(self.request.GET.get("notice", "")) if not self.is_post else ""
        values = {"page": self, "look": self.look, "notice": notice, **context}
        response = render(self.request, f"experience/{template}.html", values)
        response.headers["Content-Language"] = self.language_tag
        self.admit("img-src", *self.look.image_origins)
        if self.look.custom_css:
            self.admit("img-src", "https:")
            self.admit("font-src", SELF, "https:", "data:")
        response._csp_update = self._admitted  # type: ignore[attr-defined]
        return response


View = Callable[..., HttpResponse]


def _language_of(request: HttpRequest, asks: AuthorizationRequest | DeviceGrant | None) -> str:
    ui_locales = asks.parameters.get("ui_locales") if asks else None
    return choose_language(
        ui_locales=ui_locales if isinstance(ui_locales, str) else "",
        accept_language=request.headers.get("Accept-Language", ""),
        language_info=get_sign_in_experience().wire["languageInfo"],
    )


def _named_request(request: HttpRequest) -> str:
    return request.GET.get(_REQUEST, "")


def hosted_page(
    *,
    guarded: bool = True,
    prompt: Prompt = Prompt.LOGIN,
    stands_alone: bool = False,
    is_first: bool = False,
    request_id: Callable[[HttpRequest], str] = _named_request,
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a view of a hosted page, guarded ones for what answers `prompt`.

    A guarded page without a live authorization request leads to the settings' `unknownSessionRedirectUrl`, else to
    `/unknown-session`; with one that waits for another prompt it leads to the page of that. A first page whose address
    names a magic link leads to the link's page. A page that stands alone has nothing to do with what else is under way
    in the browser. A coded error that the view does not handle becomes the error page.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def handle(request: HttpRequest, **captured: str) -> HttpResponse:
            uid, app_id = request_id(request), request.GET.get("app_id")
            pending = None if stands_alone else find_pending(request, app_id=app_id, uid=uid)
            page = Page(request, pending, _language_of(request, pending))
            with translation.override(page.language):
                if guarded and pending is None:
                    return no_session(page)
                if guarded and pending is not None and pending.prompt != prompt:
                    return page.redirect(_PAGES[Prompt(pending.prompt)])
                if is_first and request.GET.get(ONE_TIME_TOKEN) and page.parameter(ONE_TIME_TOKEN):
                    return page.redirect("one-time-token")
                with device_of(request) as device:
                    response = _answer(view, page, captured)
                    device.write(response)
                return response

        return handle

    return decorate


def _answer(view: View, page: Page, captured: Mapping[str, str]) -> HttpResponse:
    try:
        return view(page, **captured)
    except AppError as error:
        return no_session(page) if error.code == "session.not_found" else app_error_page(page.request, error)


def no_session(page: Page) -> HttpResponse:
    """Lead a visitor without a sign-in to where the settings say, else to `/unknown-session`."""
    target = page.settings.wire["unknownSessionRedirectUrl"] or reverse("pages:unknown-session")
    return HttpResponseRedirect(to_ascii_url(target), status=SEE_OTHER)
