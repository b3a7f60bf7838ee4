"""Host to tenant: everything behind this middleware runs as the tenant that the request's host names."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from common.errors import AppError
from common.languages import language_of
from common.views import error_page
from tenants.configuration import settle
from tenants.context import enter_tenant
from tenants.hosts import find_site, is_name_of, take_configured_origin

# Probes and a proxy's questions come from the platform, to whatever address it likes.
_WITHOUT_TENANT = frozenset({"/healthz", "/readyz", "/tls-ask"})


class TenantMiddleware:
    """Enters the tenant of the request's host; a host of no tenant gets 404 `tenant.not_found`, browsers as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in _WITHOUT_TENANT:
            return self.get_response(request)
        try:
            asked = request.META.get("HTTP_HOST") or request.get_host()
            found = find_site(asked)
        except DisallowedHost:
            return HttpResponse(status=400)
        if found is None:
            # Outside of the middleware that chooses the language, whose last choice the thread still has.
            with language_of(request):
                return _no_tenant(request)
        site, version = found
        take_configured_origin(request, site.origin)
        if _is_page_view(request) and not is_name_of(asked, site.origin):
            # Cookies of another name, with a dot at its end or the tenant's id in front, do not follow links.
            return HttpResponseRedirect(f"{site.origin}{request.get_full_path()}")
        with enter_tenant(site.tenant_id, version=version):
            response = self.get_response(request)
        settle()
        return response


def _is_page_view(request: HttpRequest) -> bool:
    return request.method == "GET" and "text/html" in request.META.get("HTTP_ACCEPT", "")


def _no_tenant(request: HttpRequest) -> HttpResponse:
    error = AppError("tenant.not_found")
    if request.path.startswith(("/api/", "/oidc/")):
        return JsonResponse(error.as_body(), status=error.status)
    return error_page(request, status=error.status, title=_("Page not found"), message=error.message)
