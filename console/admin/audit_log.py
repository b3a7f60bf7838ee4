"""The audit log: read, filtered, never changed."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.clock import now
from common.errors import AppError
from console.access import actor_of
from console.admin.base import ConsoleChangeList, ConsoleModelAdmin
from console.admin.devices import device_name
from console.admin.display import moment
from console.admin.filters import ChoiceFilter, ExactFilter, MomentFilter
from console.admin.service_errors import explain
from console.audit.changes import describe_changes, describe_error
from console.audit.names import Names
from console.audit.sentences import plain_sentence, sentence
from console.links import linked
from console.policies import Area
from console.site import site
from events.downloads import download_entries
from events.models import AuditLog
from experience.traces.trace import REFUSALS
from tenants.rate_limits import TooManyRequestsError

_SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}

# So many of the newest events say which kinds there are.
_RECENT = 2_000
# Of a filter, in the entry that tells of a download.
_LONGEST = 128


class TimeFilter(ChoiceFilter):
    """The last hour, day, week or month."""

    title = _("time")
    parameter_name = "span"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = (_("Last hour"), _("Last 24 hours"), _("Last 7 days"), _("Last 30 days"))
        return list(zip(_SPANS, names, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> QuerySet[AuditLog]:
        span = _SPANS.get(self.value() or "")
        return queryset.filter(created_at__gte=now() - span) if span else queryset


class FromFilter(MomentFilter):
    """Entries since a moment."""

    title = _("from (UTC)")
    parameter_name = "from"
    lookup = "created_at__gte"


class UntilFilter(MomentFilter):
    """Entries up to a moment."""

    title = _("until (UTC)")
    parameter_name = "until"
    lookup = "created_at__lte"


class KeyFilter(ChoiceFilter):
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


class UserFilter(ExactFilter):
    """What one user did, or was done to one user."""

    title = _("user id")
    parameter_name = "user_id"


class ApplicationFilter(ExactFilter):
    """What one application did."""

    title = _("app id")
    parameter_name = "application_id"


class AuditChangeList(ConsoleChangeList):
    """Looks up the names of a page's entries together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        entries = list(self.result_list)  # type: ignore[has-type]  # untyped in the theme
        names = Names(entries)
        for entry in entries:
            entry.names = names
        self.result_list = entries


def _names_of(entry: AuditLog) -> Names:
    names: Names | None = getattr(entry, "names", None)
    return names or Names([entry])


@admin.register(AuditLog, site=site)
class AuditLogAdmin(ConsoleModelAdmin):
    """What happened in the tenant."""

    area = Area.LOG
    can_add = can_change = can_delete = False
    intro = _("Sign-ins, token exchanges, changes in the console: what happened, by whom, from where.")
    icon = "history"
    list_display = ("event", "outcome", "by", "about", "application", "address", "time")
    list_filter = (TimeFilter, FromFilter, UntilFilter, KeyFilter, UserFilter, ApplicationFilter)
    list_filter_submit = True
    ordering = ("-created_at", "id")
    list_per_page = 50
    fields = (
        "happened",
        "changes",
        "outcome",
        "reason",
        "exact_time",
        "by",
        "about",
        "application",
        "address",
        "device",
        "trace",
        "details",
    )
    readonly_fields = fields
    change_list_template = "console/audit_log.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self._download)
        return [path("download/<str:layout>/", view, name="events_auditlog_download"), *super().get_urls()]

    def _download(self, request: HttpRequest, layout: str) -> HttpResponseBase:
        """Send what the list shows as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            raise Http404
        try:
            entries = self.get_changelist_instance(request).get_queryset(request)
            filters = {name: str(value)[:_LONGEST] for name, value in request.GET.items()}
            made = download_entries(entries, layout=layout, filters=filters, actor=actor_of(request))
        except TooManyRequestsError as error:
            self.message_user(request, explain(error), messages.ERROR)
            return HttpResponseRedirect(f"{reverse('admin:events_auditlog_changelist')}?{request.GET.urlencode()}")
        except (AppError, IncorrectLookupParameters):
            raise Http404 from None
        headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
        return StreamingHttpResponse(made.chunks, content_type=made.media_type, headers=headers)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[AuditChangeList]:
        return AuditChangeList

    @display(description=_("Event"), ordering="key")
    def event(self, entry: AuditLog) -> str:
        return plain_sentence(entry, _names_of(entry))

    @display(description=_("Event"))
    def happened(self, entry: AuditLog) -> SafeString:
        return sentence(entry, _names_of(entry))

    @display(description=_("Changes"))
    def changes(self, entry: AuditLog) -> SafeString | str:
        lines = [(line,) for line in describe_changes(entry, _names_of(entry))]
        items = format_html_join("", "<li>{}</li>", lines)
        return format_html('<ul class="gh-changes">{}</ul>', items) if lines else "–"

    @display(description=_("Result"), label={_("Done"): "success", _("Refused"): "danger"})
    def outcome(self, entry: AuditLog) -> Any:
        return _("Refused") if entry.payload.get("result") == "Error" else _("Done")

    @display(description=_("Reason"))
    def reason(self, entry: AuditLog) -> str:
        return describe_error(entry) or "–"

    @display(description=_("By"))
    def by(self, entry: AuditLog) -> SafeString:
        return _names_of(entry).actor(entry)

    @display(description=_("About"))
    def about(self, entry: AuditLog) -> SafeString | str:
        return _names_of(entry).subject(entry) or "–"

    @display(description=_("Application"))
    def application(self, entry: AuditLog) -> SafeString | str:
        return _names_of(entry).application(entry) or "–"

    @display(description=_("Address"))
    def address(self, entry: AuditLog) -> str:
        return str(entry.payload.get("ip", "–"))

    @display(description=_("Device"))
    def device(self, entry: AuditLog) -> SafeString:
        user_agent = str(entry.payload.get("userAgent", ""))
        return format_html('<span title="{}">{}</span>', user_agent, device_name(user_agent))

    @display(description=_("Time"), ordering="-created_at")
    def time(self, entry: AuditLog) -> Any:
        return moment(entry.created_at)

    @display(description=_("Time"))
    def exact_time(self, entry: AuditLog) -> str:
        return f"{entry.created_at:%Y-%m-%d %H:%M:%S} UTC"

    @display(description=_("Sign-in trace"))
    def trace(self, entry: AuditLog) -> SafeString | str:
        if entry.journey_id is None and entry.key not in REFUSALS:
            return "–"
        query = urlencode({"id": entry.journey_id or entry.id})
        return linked(str(_("What happened in this sign-in")), f"{reverse('admin:sign_in_trace')}?{query}")

    @display(description=_("Details"))
    def details(self, entry: AuditLog) -> SafeString:
        return format_html(
            '<details class="gh-details"><summary>{}</summary><pre>{}</pre></details>',
            entry.key,
            json.dumps(entry.payload, indent=2, ensure_ascii=False),
        )
