"""The admin site of one tenant: who comes in, and what frames every page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.dataclasses import Favicon
from unfold.sites import UnfoldAdminSite

from console.access import current_access
from console.csp import console_policy
from console.dashboard import dashboard_context
from console.look import COLORS, display_user
from console.navigation import sidebar, tenant_switcher
from console.policies import Area, may_change, may_view
from console.session import LAST_TENANT, sign_in_address, sign_out

_UNUSED_URLS = frozenset({"login", "password_change", "password_change_done", "view_on_site", "search"})


View = Callable[[HttpRequest], HttpResponseBase]


class ConsoleSite(UnfoldAdminSite):
    """Runs inside the tenant of the address; a developer without access to it finds nothing there."""

    index_template = "console/dashboard.html"
    index_title = _("Overview")
    enable_nav_sidebar = True
    final_catch_all_view = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, str, View]] = []

    def page(self, route: str, *, name: str, area: Area) -> Callable[[View], View]:
        """Add a page that is not a model's: shown to whoever may see the area, posted to by whoever may change it."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(request: HttpRequest) -> HttpResponseBase:
                access = current_access(request)
                if not (may_view if request.method in ("GET", "HEAD") else may_change)(access, area):
                    raise PermissionDenied
                return view(request)

            self._pages.append((route, name, guarded))
            return view

        return decorate

    def has_permission(self, request: HttpRequest) -> bool:
        return current_access(request) is not None

    def get_urls(self) -> list[URLPattern | URLResolver]:
        pages = [path(route, self.admin_view(view), name=name) for route, name, view in self._pages]
        return [*pages, *(url for url in super().get_urls() if getattr(url, "name", None) not in _UNUSED_URLS)]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., HttpResponseBase]:
        guarded = console_policy(super().admin_view(view, cacheable))

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return HttpResponseRedirect(sign_in_address(request))
            access = current_access(request)
            if access is None:
                raise Http404
            if request.session.get(LAST_TENANT) != access.tenant.id:
                request.session[LAST_TENANT] = access.tenant.id
            response: HttpResponseBase = guarded(request, *args, **kwargs)
            return response

        return inner

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard_context(request), **(extra_context or {})})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Apps are the source's rooms; the side bar groups by what developers look for.
        return HttpResponseRedirect(reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = require_POST(sign_out)(request)
        return response

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return sidebar(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        access = current_access(request)
        if access is None:
            return context
        return {
            **context,
            "site_title": _("Gatehouse Console"),
            "site_header": access.tenant.name,
            "site_subheader": access.tenant.id,
            "site_symbol": "shield_lock",
            "site_url": None,
            "site_dropdown": tenant_switcher(request),
            "colors": COLORS,
            "environment": (access.tenant.tag, "warning" if access.tenant.tag == "development" else "info"),
            "show_back_button": True,
            "styles": [static("console/console.css"), static("console/frame.css")],
            "scripts": [static("console/console.js"), static("console/rows.js")],
            "site_favicons": [Favicon(href=static("console/favicon.svg"), rel="icon", type="image/svg+xml")],
            "show_history": False,
            "user": display_user(request),
            "templates": {"navigation": "console/navigation.html"},
            "account_links": [
                {"title": _("Profile"), "link": "/console/profile"},
                {"title": _("All tenants"), "link": "/console/tenants"},
            ],
        }


site = ConsoleSite(name="admin")
