"""The audit log: read, filtered, never changed."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter
from unfold.decorators import display

from common.clock import now
from console.admin.base import ConsoleModelAdmin
from console.admin.display import moment
from console.policies import Area
from console.site import site
from events.models import AuditLog

_SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}

# So many of the newest events say which kinds there are.
_RECENT = 2_000


class TimeFilter(DropdownFilter):
    """The last hour, day, week or month."""

    title = _("time")
    parameter_name = "span"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = (_("Last hour"), _("Last 24 hours"), _("Last 7 days"), _("Last 30 days"))
        return list(zip(_SPANS, names, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> QuerySet[AuditLog]:
        span = _SPANS.get(self.value() or "")
        return queryset.filter(created_at__gte=now() - span) if span else queryset


class KeyFilter(DropdownFilter):
    """One kind of event, of those that happened lately."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        recent = AuditLog.objects.order_by("-created_at").values_list("key", flat=True)[:_RECENT]
        return [(key, key) for key in sorted({*recent, *([self.used] if self.used else [])})]

    def __init__(self, request: HttpRequest, params: dict[str, Any], *args: Any) -> None:
        self.used = request.GET.get(self.parameter_name)
        super().__init__(request, params, *args)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> QuerySet[AuditLog]:
        return queryset.filter(key=self.value()) if self.value() else queryset


class _ExactFilter(TextFilter):
    """Rows with exactly this value, which an index finds."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> QuerySet[AuditLog]:
        return queryset.filter(**{self.parameter_name: self.value().strip()}) if self.value() else queryset


class UserFilter(_ExactFilter):
    """What one user did, or was done to one user."""

    title = _("user id")
    parameter_name = "user_id"


class ApplicationFilter(_ExactFilter):
    """What one application did."""

    title = _("app id")
    parameter_name = "application_id"


@admin.register(AuditLog, site=site)
class AuditLogAdmin(ConsoleModelAdmin):
    """What happened in the tenant."""

    area = Area.LOG
    can_add = can_change = can_delete = False
    intro = _("Sign-ins, token exchanges, changes in the console: what happened, by whom, from where.")
    icon = "history"
    list_display = ("event", "outcome", "about", "by", "address", "time")
    list_filter = (TimeFilter, KeyFilter, UserFilter, ApplicationFilter)
    list_filter_submit = True
    ordering = ("-created_at", "id")
    list_per_page = 50
    fields = ("key", "outcome", "exact_time", "user_id", "application_id", "address", "agent", "payload")
    readonly_fields = fields

    @display(description=_("Event"), ordering="key")
    def event(self, entry: AuditLog) -> str:
        return entry.key

    @display(description=_("Result"), label={"Success": "success", "Error": "danger"})
    def outcome(self, entry: AuditLog) -> str:
        return str(entry.payload.get("result", ""))

    @display(description=_("About"))
    def about(self, entry: AuditLog) -> str:
        entity, entity_id = entry.payload.get("entity"), entry.payload.get("entityId")
        if entity and entity_id:
            return f"{entity} {entity_id}"
        return entry.application_id or "–"

    @display(description=_("By"))
    def by(self, entry: AuditLog) -> str:
        actor = entry.payload.get("actor")
        named = actor.get("id") if isinstance(actor, dict) else None
        return str(entry.payload.get("developerId") or named or entry.user_id or "–")

    @display(description=_("Address"))
    def address(self, entry: AuditLog) -> str:
        return str(entry.payload.get("ip", "–"))

    @display(description=_("Browser"))
    def agent(self, entry: AuditLog) -> str:
        return str(entry.payload.get("userAgent", "–"))

    @display(description=_("Time"), ordering="-created_at")
    def time(self, entry: AuditLog) -> Any:
        return moment(entry.created_at)

    @display(description=_("Time"))
    def exact_time(self, entry: AuditLog) -> str:
        return f"{entry.created_at:%Y-%m-%d %H:%M:%S} UTC"
