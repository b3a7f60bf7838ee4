"""`/sign-in?preview=…`: the hosted pages as they are saved, for the console alone to frame."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from experience.languages import choose_language
from experience.pages.previews import PAGES, render_preview
from experience.phrases.speech import custom_tags
from experience.services.settings import get_sign_in_experience
from tenants.hosts import ADMIN_TENANT, origin_of_tenant

View = Callable[..., HttpResponse]

_PARAMETER = "preview"


def with_preview(view: View) -> View:
    """Let `?preview=<name of a page>` show a page instead of opening it; `true` is the page itself."""

    def handle(request: HttpRequest) -> HttpResponse:
        return _preview(request) if _PARAMETER in request.GET else view(request)

    return handle


@require_safe
def _preview(request: HttpRequest) -> HttpResponse:
    """Show what is public anyway: the saved settings, in the `theme` and `language` of the address."""
    name, settings = request.GET[_PARAMETER], get_sign_in_experience()
    language = choose_language(
        ui_locales=request.GET.get("language", "")[:64],
        custom=custom_tags(),
        accept_language=request.headers.get("Accept-Language", ""),
        language_info=settings.wire["languageInfo"],
    )
    return render_preview(
        name if name in PAGES else "sign-in",
        settings=settings,
        language=language,
        theme="dark" if request.GET.get("theme") == "dark" else "light",
        nonce=str(request.csp_nonce),  # type: ignore[attr-defined]  # set by the middleware
        framed_by=origin_of_tenant(ADMIN_TENANT),
    )
