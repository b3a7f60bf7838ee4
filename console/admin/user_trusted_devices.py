"""The devices that stand in for a user's second factor, and the button that takes the trust back."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.clock import now
from console.access import actor_of
from console.admin.devices import device_name
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from identity.models import TrustedDevice
from identity.services.trusted_devices import delete_trusted_device


class TrustedDeviceInline(ConsoleInline):
    """The browsers in which the user is not asked for a second factor."""

    model = TrustedDevice
    verbose_name = _("trusted device")
    verbose_name_plural = _("trusted devices")
    fields = ("device", "place", "trusted", "used", "ends")
    readonly_fields = fields
    can_add = can_change = False
    hide_title = True
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        devices: QuerySet[Any] = super().get_queryset(request)
        return devices.filter(expires_at__gt=now()).order_by("-last_used_at", "-id")

    @display(description=_("Device"))
    def device(self, device: TrustedDevice) -> SafeString:
        agent = device.user_agent or ""
        return format_html('<span title="{}">{}</span>', agent, device_name(agent))

    @display(description=_("Place"))
    def place(self, device: TrustedDevice) -> str:
        return ", ".join(part for part in (device.city, device.country) if part) or "–"

    @display(description=_("Trusted since"))
    def trusted(self, device: TrustedDevice) -> Any:
        return moment(device.created_at)

    @display(description=_("Last used"))
    def used(self, device: TrustedDevice) -> Any:
        return moment(device.last_used_at)

    @display(description=_("Ends"))
    def ends(self, device: TrustedDevice) -> Any:
        return date_format(timezone.localtime(device.expires_at), "DATE_FORMAT")

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        delete_trusted_device(parent, device_id=row.pk, actor=actor_of(request))
