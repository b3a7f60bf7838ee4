"""The page for what the developer's role does not allow."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.views import error_page


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(
        request,
        status=403,
        title=_("Not allowed"),
        message=_("Your role in this tenant does not allow this. Ask an admin of the tenant."),
    )
