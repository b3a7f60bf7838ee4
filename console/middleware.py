"""The console's addresses: `/console/<tenant>/…` is Django's admin site, run as that tenant.

The tenant is in the address, so several tabs can show several tenants and a link says whose rows it shows.
"""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix

from common.pipeline import CONSOLE_PREFIX
from common.views import page_not_found
from console.session import end_with_provider
from tenants.configuration import read_version
from tenants.context import enter_tenant, find_current_tenant_id
from tenants.hosts import ADMIN_TENANT, TENANT_ID

_TENANT_PATH = re.compile(rf"{CONSOLE_PREFIX}/({TENANT_ID.pattern})(/.*)")
# Names of pages of the console itself; no tenant may be called so.
PAGE_NAMES = frozenset({"sign-in", "sign-out", "callback", "tenants", "profile"})


class ConsoleMiddleware:
    """Hides the console from every host but tenant `admin`'s, ends its session with the provider's, and enters the
    tenant that the address names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (request.path == CONSOLE_PREFIX or request.path.startswith(f"{CONSOLE_PREFIX}/")):
            return self.get_response(request)
        if find_current_tenant_id() != ADMIN_TENANT:
            return page_not_found(request, Http404())
        end_with_provider(request)
        match = _TENANT_PATH.fullmatch(request.path)
        if match is None or match[1] in PAGE_NAMES:
            return self.get_response(request)
        return self._within(request, match[1], match[2])

    def _within(self, request: HttpRequest, tenant_id: str, rest: str) -> HttpResponseBase:
        version = read_version(tenant_id, even_if_suspended=True)
        if version is None:
            return page_not_found(request, Http404())
        request.console_tenant_id = tenant_id  # type: ignore[attr-defined]
        request.path_info = rest
        request.urlconf = "console.site_urls"
        prefix = get_script_prefix()
        set_script_prefix(f"{CONSOLE_PREFIX}/{tenant_id}/")
        try:
            with enter_tenant(tenant_id, version=version):
                response = self.get_response(request)
                # Rendered here, while the tenant and the prefix are in force.
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response = response.render()
                return response
        finally:
            set_script_prefix(prefix)
