"""Connectors: how email and SMS leave the tenant, and with which accounts of other providers its users sign in."""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from common.ids import new_short_id
from connectors.factories import Factory, MessageFactory, SocialFactory, find_factory
from connectors.failures import describe_failure
from connectors.guides import callback_uri, guide
from connectors.models import Connector
from connectors.selectors import find_last_failure, target_of
from connectors.services.connectors import create_connector, delete_connector, update_connector
from connectors.services.failures import NOT_DELIVERED
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.connector_events import describe_event_callback
from console.admin.connector_forms import form_class, sections
from console.admin.connector_gallery import gallery, look_of, overview
from console.admin.connector_tests import ConnectorTests
from console.admin.display import moment
from console.markdown import render_markdown
from console.site import site
from experience.services.settings import get_sign_in_experience
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant

_ID = re.compile(r"[a-z0-9]{12}")


def _last_failure(connector: Connector) -> dict[str, Any] | None:
    failure = find_last_failure(connector)
    if failure is None:
        return None
    return {
        "when": moment(failure.occurred_at),
        "why": describe_failure(failure.reason),
        "message": failure.template_type,
        "every": f"{reverse('admin:events_auditlog_changelist')}?{urlencode({'event': NOT_DELIVERED})}",
    }


@admin.register(Connector, site=site)
class ConnectorAdmin(ConnectorTests, ConsoleModelAdmin):
    """One connector for email and one for SMS; social ones, each for one provider."""

    icon = "outgoing_mail"
    card_template = "console/cards/connector.html"
    change_form_template = "console/connector_form.html"
    ordering = ("created_at", "id")

    def _factory(self, request: HttpRequest, connector: Connector | None) -> Factory | None:
        return find_factory(connector.factory_id if connector else request.GET.get("kind", ""))

    # --- what there is, and what there could be -----------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_add = self.has_add_permission(request)
        return self._page(request, "connectors", _("Connectors"), {**overview(), "may_add": may_add})

    def _page(self, request: HttpRequest, name: str, title: Any, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"console/{name}.html", {**shared, **context})

    # --- forms -------------------------------------------------------------------------------------------------------
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        factory = self._factory(request, obj)
        if factory is not None:
            options["form"] = form_class(factory, is_stored=obj is not None)
        return super().get_form(request, obj, change=change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Connector | None = None) -> Any:
        factory = self._factory(request, obj)
        return sections(factory) if factory else []

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        factory = self._factory(request, None)
        if factory is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return self._page(request, "gallery", _("Choose a connector"), {"sections": gallery()})
        connector_id = request.GET.get("id", "")
        if isinstance(factory, SocialFactory) and not _ID.fullmatch(connector_id):
            # The provider is told the callback address before there is a connector: its id is chosen first.
            chosen = {"kind": factory.id, "id": new_short_id()}
            return HttpResponseRedirect(f"{reverse('admin:connectors_connector_add')}?{urlencode(chosen)}")
        title = {"title": _("New connector: %s") % factory.name, **_setup(factory, connector_id)}
        response: HttpResponse = super().add_view(request, form_url, {**title, **(extra_context or {})})
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        connector = Connector.objects.filter(pk=object_id).first()
        factory = find_factory(connector.factory_id) if connector else None
        setup = _setup(factory, object_id) if factory else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**setup, **(extra_context or {})})
        return response

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        factory = find_factory(entity.factory_id)
        target = target_of(factory, entity.metadata) if isinstance(factory, SocialFactory) else ""
        return {
            "factory": factory,
            "look": look_of(factory),
            "name": str(entity),
            "target": target,
            "is_shown": target in get_sign_in_experience().wire["socialSignInConnectorTargets"],
            "sign_in_page": reverse("admin:experience_signinexperience_changelist"),
            "is_message": isinstance(factory, MessageFactory),
            "is_email": isinstance(factory, MessageFactory) and factory.channel == "email",
            "test_url": reverse("admin:connectors_connector_test", args=[entity.pk]),
            "may_test": self.has_change_permission(request, entity),
            "last_failure": _last_failure(entity),
            "event_callback": describe_event_callback(entity, factory),
        }

    # --- what is wrong, while it is typed -----------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self._check)
        return [path("check/", view, name="connectors_connector_check"), *super().get_urls()]

    def _check(self, request: HttpRequest) -> HttpResponse:
        """Answer what is wrong with a form, by field, without saving it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        connector = Connector.objects.filter(pk=request.GET.get("id", "")).first()
        factory = self._factory(request, connector)
        if not self.has_change_permission(request, connector) or factory is None:
            raise PermissionDenied
        form = form_class(factory, is_stored=connector is not None)(request.POST, instance=connector)
        form.full_clean()
        return JsonResponse({"problems": form.problems()})

    # --- services ----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any) -> Connector:
        return create_connector(
            factory_id=form.factory.id,
            config=form.config(),
            connector_id=request.GET.get("id") if isinstance(form.factory, SocialFactory) else None,
            actor=actor_of(request),
            **form.options(),
        )

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        update_connector(entity, config=form.config(), actor=actor_of(request), **form.options())

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_connector(entity.id, actor=actor_of(request))


def _setup(factory: Factory, connector_id: str) -> dict[str, Any]:
    """What leads through setting a kind up: the guide, and the addresses to copy to the provider."""
    here = {"origin": origin_of_tenant(current_tenant_id()), "connector_id": connector_id}
    said = render_markdown(guide(factory, **here)) if factory.readme else ""
    return {
        "callback_uri": callback_uri(factory, **here),
        "guide": said,
        "kind": factory,
        "look": look_of(factory),
        "check_url": f"{reverse('admin:connectors_connector_check')}?"
        + urlencode({"kind": factory.id, "id": connector_id}),
    }
