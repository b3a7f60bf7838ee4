"""What every hosted page shares: its authorization request, the tenant's settings, its language, its look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.clients import Client, find_client
from common.ascii_urls import to_ascii_url
from common.errors import AppError
from common.languages import speak
from common.views import app_error_page
from experience.current_device import device_of
from experience.languages import choose_language
from experience.models import Interaction
from experience.overrides import override_settings
from experience.pages.look import Look, build_look
from experience.pages.notices import notice_text
from experience.pages.own_pages import answer_with_own_pages, remember_ours
from experience.phrases.speech import custom_tags, in_words_of, phrase_tree, translations_of
from experience.phrases.tags import get_tag
from experience.selectors import find_interaction, represent_public_settings
from experience.services.settings import get_sign_in_experience
from experience.sign_in_settings import SignInSettings
from oidc.authorization.assurance import REASON as STEP_UP
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
    # The tag of its language.
    language: str
    # A device that asks instead of an application in this browser.
    device: DeviceGrant | None = None
    # Whether the page's own form begins a journey that needs a captcha.
    asks_captcha: bool = False
    # What the page's policy admits besides the look: directive -> sources.
    _admitted: dict[str, list[str]] = field(default_factory=dict)

    def admit(self, directive: str, *sources: str) -> None:
        """Let the page load from these sources; before it is drawn."""
        self._admitted.setdefault(directive, []).extend(sources)

    def turn_to(self, device: DeviceGrant) -> None:
        """Take the look and the language that a device asks for; before anything is drawn."""
        self.device, self.language = device, _language_of(self.request, device)
        speak(translations_of(self.language))

    @property
    def _asks(self) -> AuthorizationRequest | DeviceGrant | None:
        return self.device or self.pending

    @property
    def direction(self) -> str:
        return get_tag(self.language).direction

    @cached_property
    def settings(self) -> SignInSettings:
        return get_sign_in_experience()

    @cached_property
    def public_settings(self) -> Mapping[str, Any]:
        return represent_public_settings()

    @cached_property
    def _client(self) -> Client | None:
        return find_client(self._asks.client_id) if self._asks else None

    @cached_property
    def _shown_settings(self) -> Mapping[str, Any]:
        return override_settings(
            self.public_settings,
            application_id=self._client.id if self._client else "",
            organization_id=self.parameter("organization_id"),
        )

    @cached_property
    def look(self) -> Look:
        client = self._client
        # What a client calls itself is said on the consent page alone, as its own word.
        name = client.name if client and not client.is_unverified else ""
        return build_look(self._shown_settings, application_name=name)

    @property
    def custom_css(self) -> str:
        return self.look.custom_css

    @property
    def pending_id(self) -> str:
        return self.pending.id if self.pending else ""

    @property
    def is_hosted_always(self) -> bool:
        """Whether the tenant's own pages leave the request to ours: what they could not do, or should not say.

        A step-up begins with who is signed in; what an unverified client says of itself comes with a warning.
        """
        if self.pending is None:
            return False
        return list(self.pending.reasons) == [STEP_UP] or bool(self._client and self._client.is_unverified)

    def known_to_script(self) -> Mapping[str, Any]:
        names = {"appId": self._client.id if self._client else "", "organizationId": self.parameter("organization_id")}
        return {
            "signInExperience": {**{key: name for key, name in names.items() if name}, "data": self._shown_settings},
            "phrases": {"lng": self.language, "data": phrase_tree(self.language)},
        }

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
    def is_preview(self) -> bool:
        """Whether this is a picture of a page."""
        return False

    @property
    def dark_media(self) -> str:
        """When the dark colors are for."""
        return "(prefers-color-scheme: dark)"

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
        response.headers["Content-Language"] = self.language
        self.admit("img-src", *self.look.image_origins)
        if self.look.custom_css:
            self.admit("font-src", "data:")
        response._csp_update = self._admitted  # type: ignore[attr-defined]
        return response


View = Callable[..., HttpResponse]


def _language_of(request: HttpRequest, asks: AuthorizationRequest | DeviceGrant | None) -> str:
    ui_locales = asks.parameters.get("ui_locales") if asks else None
    return choose_language(
        ui_locales=ui_locales if isinstance(ui_locales, str) else "",
        locale=request.GET.get("locale", ""),
        accept_language=request.headers.get("Accept-Language", ""),
        language_info=get_sign_in_experience().wire["languageInfo"],
        custom=custom_tags(),
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
    is_replaceable: Callable[[HttpRequest], bool] | None = None,
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a view of a hosted page, guarded ones for what answers `prompt`.

    A guarded page without a live authorization request leads to the settings' `unknownSessionRedirectUrl`, else to
    `/unknown-session`; with one that waits for another prompt it leads to the page of that. A first page whose address
    names a magic link leads to the link's page. A page that stands alone has nothing to do with what else is under way
    in the browser. A coded error that the view does not handle becomes the error page.

    The tenant's own pages answer where they replace ours: guarded ones, if `is_replaceable` does not say otherwise.
    """
    may_replace = is_replaceable or (lambda _request: guarded)

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def handle(request: HttpRequest, **captured: str) -> HttpResponse:
            uid, app_id = request_id(request), request.GET.get("app_id")
            pending = None if stands_alone else find_pending(request, app_id=app_id, uid=uid)
            page = Page(request, pending, _language_of(request, pending))
            with in_words_of(page.language):
                if guarded and pending is None:
                    return no_session(page)
                if guarded and pending is not None and pending.prompt != prompt:
                    return page.redirect(_PAGES[Prompt(pending.prompt)])
                if may_replace(request) and (response := _own_page(page)):
                    return response
                if is_first and request.GET.get(ONE_TIME_TOKEN) and page.parameter(ONE_TIME_TOKEN):
                    return page.redirect("one-time-token")
                with device_of(request) as device:
                    response = _answer(view, page, captured)
                    device.write(response)
                if page.settings.wire["customUiAssets"]:
                    remember_ours(request, response, page.pending_id)
                return response

        return handle

    return decorate


def _own_page(page: Page) -> HttpResponse | None:
    if not page.settings.wire["customUiAssets"] or page.is_hosted_always:
        return None
    return answer_with_own_pages(page)


def _answer(view: View, page: Page, captured: Mapping[str, str]) -> HttpResponse:
    try:
        return view(page, **captured)
    except AppError as error:
        if error.code == "session.not_found":
            return no_session(page)
        # The guard of the page leads on to where the request waits.
        link = (gettext("Start again"), page.url("sign-in")) if page.pending else None
        return app_error_page(page.request, error, link=link)


def no_session(page: Page) -> HttpResponse:
    """Lead a visitor without a sign-in to where the settings say, else to `/unknown-session`.

    That page knows by `app_id` which application they came from.
    """
    target = page.settings.wire["unknownSessionRedirectUrl"]
    if not target:
        client = find_client(page.request.GET.get("app_id", ""))
        target = reverse("pages:unknown-session") + (f"?{urlencode({'app_id': client.id})}" if client else "")
    return HttpResponseRedirect(to_ascii_url(target), status=SEE_OTHER)
