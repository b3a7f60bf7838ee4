"""What belongs to the tenant's own pages: their files, and addresses that their script has made up."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from common.errors import AppError
from common.pipeline import CONSOLE_PREFIX, is_machine_path
from common.views import app_error_page
from experience.custom_ui.archive import INDEX
from experience.custom_ui.versions import OwnFile, OwnPages
from experience.pages.own_pages import own_pages_of, set_policy
from experience.pages.page import Page, hosted_page
from experience.services.settings import get_sign_in_experience


@require_safe
def own_file(request: HttpRequest, path: str) -> HttpResponse:
    """Answer an address that is nobody else's: with a file, or with the page if it could be one of its screens.

    Nothing is here for tenants without pages of their own; programs' and the console's addresses are never theirs.
    """
    if is_machine_path(request.path) or request.path.startswith((CONSOLE_PREFIX, settings.STATIC_URL)):
        raise Http404
    own = own_pages_of(get_sign_in_experience())
    if own is None:
        raise Http404
    # It would stay in browsers when the pages have gone, between them and whatever is at this host then.
    if request.headers.get("Service-Worker") == "script":
        raise Http404
    file = own.files.get(path)
    if file is not None and path != INDEX:
        return _send(request, own, file)
    if "." in path.rpartition("/")[2]:
        raise Http404
    return _screen(request)


def _send(request: HttpRequest, own: OwnPages, file: OwnFile) -> HttpResponse:
    """Send a file. Browsers ask each time whether it is still the same: another upload has the same names."""
    etag = f'"{file.digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = HttpResponse(own.read(file), content_type=file.type)
        except AppError as error:
            return app_error_page(request, error)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    set_policy(response, get_sign_in_experience())
    return response


@hosted_page()
def _screen(_page: Page) -> HttpResponse:
    """A screen of the own pages' script, which has answered if it could."""
    raise Http404
