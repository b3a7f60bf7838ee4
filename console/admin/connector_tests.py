"""A test message through a connector as it is saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from connectors.factories import MessageFactory, find_factory
from connectors.selectors import config_of
from connectors.services.delivery import send_test_message
from console.access import actor_of
from console.admin.service_errors import explain
from identity.identifiers import normalize_phone


class TestMessageForm(forms.Form):
    """Whom to send a test message."""

    recipient = forms.CharField(max_length=128)


class ConnectorTests:
    """Adds the address that sends a test message to the area of connectors."""

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        view = admin.admin_site.admin_view(self._send_test)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]  # of the admin that this is mixed into
        return [path("<path:object_id>/test/", view, name="connectors_connector_test"), *urls]

    def _send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        admin: Any = self
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not admin.has_change_permission(request):
            raise PermissionDenied
        connector = admin.get_object(request, unquote(object_id))
        form = TestMessageForm(request.POST)
        factory = find_factory(connector.factory_id) if connector else None
        if not isinstance(factory, MessageFactory) or not form.is_valid():
            messages.error(request, _("Enter the recipient of the message."))
        else:
            _try_sending(request, connector, factory, form.cleaned_data["recipient"])
        return HttpResponseRedirect(reverse("admin:connectors_connector_change", args=[object_id]))


def _try_sending(request: HttpRequest, connector: Any, factory: MessageFactory, recipient: str) -> None:
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
