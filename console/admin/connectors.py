"""Connectors: how email and SMS leave the tenant."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.errors import AppError
from connectors.factories import Factory, MessageFactory, find_factory, list_factories
from connectors.failures import describe_failure
from connectors.models import Connector
from connectors.selectors import config_of, find_last_failure
from connectors.services.connectors import create_connector, delete_connector, update_connector
from connectors.services.delivery import send_test_message
from connectors.services.failures import NOT_DELIVERED
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.connector_events import describe_event_callback
from console.admin.connector_forms import form_class, sections
from console.admin.display import copyable, moment
from console.admin.service_errors import explain
from console.site import site
from identity.identifiers import normalize_phone

_ICONS = {"Email": "mail", "Sms": "sms"}
_CARRIES = {"Email": _("Email"), "Sms": _("SMS")}


class TestMessageForm(forms.Form):
    """Whom to send a test message."""

    recipient = forms.CharField(max_length=128)


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
class ConnectorAdmin(ConsoleModelAdmin):
    """One connector for email and one for SMS."""

    intro = _("Verification codes and invitations leave through connectors: one for email, one for SMS.")
    icon = "outgoing_mail"
    card_template = "console/cards/connector.html"
    list_display = ("kind", "carries", "connector_id")
    ordering = ("created_at", "id")

    def _factory(self, request: HttpRequest, connector: Connector | None) -> Factory | None:
        return find_factory(connector.factory_id if connector else request.GET.get("kind", ""))

    @display(description=_("Kind"))
    def kind(self, connector: Connector) -> str:
        factory = find_factory(connector.factory_id)
        return factory.name if factory else connector.factory_id

    @display(description=_("Carries"), label=True)
    def carries(self, connector: Connector) -> Any:
        factory = find_factory(connector.factory_id)
        return _CARRIES.get(factory.type, factory.type) if factory else "–"

    @display(description=_("Connector id"))
    def connector_id(self, connector: Connector) -> SafeString:
        return copyable(connector.id)

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
            return self._choose_kind(request)
        title = {"title": _("New connector: %s") % factory.name}
        response: HttpResponse = super().add_view(request, form_url, {**title, **(extra_context or {})})
        return response

    def _choose_kind(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        choices = [
            {
                "name": factory.name,
                "text": factory.description,
                "note": _CARRIES.get(factory.type, factory.type),
                "icon": _ICONS.get(factory.type, "cable"),
                "link": f"?kind={factory.id}",
            }
            for factory in list_factories()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Choose a connector"),
            "lead": _("A new connector takes the place of the one that carries the same kind of message."),
            "opts": self.opts,
            "choices": choices,
        }
        return TemplateResponse(request, "console/choose.html", context)

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        factory = find_factory(entity.factory_id)
        return {
            "factory": factory,
            "is_email": isinstance(factory, MessageFactory) and factory.channel == "email",
            "test_url": reverse("admin:connectors_connector_test", args=[entity.pk]),
            "may_test": self.has_change_permission(request, entity),
            "last_failure": _last_failure(entity),
            "event_callback": describe_event_callback(entity, factory),
        }

    # --- services ----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any) -> Connector:
        return create_connector(factory_id=form.factory.id, config=form.config(), actor=actor_of(request))

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        update_connector(entity, config=form.config(), actor=actor_of(request))

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_connector(entity.id, actor=actor_of(request))

    # --- a test message ----------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self._send_test)
        return [path("<path:object_id>/test/", view, name="connectors_connector_test"), *super().get_urls()]

    def _send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        connector = self.get_object(request, unquote(object_id))
        form = TestMessageForm(request.POST)
        factory = find_factory(connector.factory_id) if connector else None
        if not isinstance(factory, MessageFactory) or not form.is_valid():
            messages.error(request, _("Enter the recipient of the message."))
        else:
            self._try_sending(request, connector, factory, form.cleaned_data["recipient"])
        return HttpResponseRedirect(reverse("admin:connectors_connector_change", args=[object_id]))

    def _try_sending(self, request: HttpRequest, connector: Any, factory: MessageFactory, recipient: str) -> None:
        channel = factory.channel
        try:
            send_test_message(
                factory_id=factory.id,
                channel=channel,
                recipient=normalize_phone(recipient) if channel == "phone" else recipient,
                config=config_of(connector),
                actor=actor_of(request),
            )
        except AppError as error:
            messages.error(request, explain(error))
        else:
            messages.success(request, _("The test message is on its way to %s.") % recipient)
