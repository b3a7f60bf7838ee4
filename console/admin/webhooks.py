"""Webhooks: where they lead, what they are told, and how that goes."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from common.clock import now
from common.errors import AppError
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, tags
from console.admin.object_actions import ObjectAction
from console.site import site
from console.webhooks.form import HookForm
from console.webhooks.words import GROUPS, PAUSE_REASONS
from events.models import Hook
from events.webhooks.configuration import config_of, events_of, signing_key_of
from events.webhooks.selectors import STATS_SPAN, Stats, list_deliveries, stats_of
from events.webhooks.services import create_hook, delete_hook, resume_hook, rotate_signing_key, update_hook

_OVERLAP = 24 * 3600
_SHOWN = 5


def _resume(request: HttpRequest, hook: Any) -> str:
    resume_hook(hook, actor=actor_of(request))
    return _("Events are sent again, beginning with those that have waited.")


def _rotate(request: HttpRequest, hook: Any) -> str:
    rotate_signing_key(hook, overlap=_OVERLAP, actor=actor_of(request))
    return _("There is a new signing key. The old one signs as well for 24 hours, in headers of its own.")


def _replace_key(request: HttpRequest, hook: Any) -> str:
    rotate_signing_key(hook, actor=actor_of(request))
    return _("There is a new signing key. The old one signs nothing any more.")


@admin.register(Hook, site=site)
class HookAdmin(ConsoleModelAdmin):
    """Endpoints of the tenant's own."""

    form = HookForm
    error_fields = {
        "hook.missing_events": "journeys",
        "events": "journeys",
        "config.headers": "headers",
        "config.url": "url",
    }
    intro = gettext_lazy(
        "A webhook tells a server of yours what happens here: sign-ins, changes of users, roles and more."
    )
    icon = "webhook"
    card_template = "console/cards/webhook.html"
    list_display = ("title", "endpoint", "told", "success", "requests", "state")
    search_fields = ("name", "id")
    ordering = ("-created_at", "id")
    object_actions = (
        ObjectAction(
            "resume",
            gettext_lazy("Resume"),
            _resume,
            icon="play_arrow",
            is_offered=lambda hook: hook.paused_at is not None,
        ),
        ObjectAction("rotate", gettext_lazy("New signing key, with 24 hours of overlap"), _rotate, icon="autorenew"),
        ObjectAction(
            "replace-key",
            gettext_lazy("Replace signing key at once"),
            _replace_key,
            icon="key_off",
            is_danger=True,
            confirm=gettext_lazy(
                "Replace the key at once? Your server refuses what it is sent until it knows the new one."
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hook]:
        hooks: QuerySet[Hook] = super().get_queryset(request)
        if request.resolver_match and str(request.resolver_match.url_name).endswith("_changelist"):
            # In the join: of the two weeks of attempts that are kept, those of a day are read.
            recent = FilteredRelation("attempts", condition=Q(attempts__created_at__gt=now() - STATS_SPAN))
            return hooks.annotate(
                recent=recent,
                request_count=Count("recent"),
                success_count=Count("recent", filter=Q(recent__is_success=True)),
            )
        return hooks

    @display(description=gettext_lazy("Name"), ordering="name")
    def title(self, hook: Hook) -> str:
        return str(hook)

    @display(description=gettext_lazy("Endpoint"))
    def endpoint(self, hook: Hook) -> str:
        return str(config_of(hook)["url"])

    @display(description=gettext_lazy("Events"))
    def told(self, hook: Hook) -> SafeString | str:
        events = set(events_of(hook))
        return tags(group.title for group in GROUPS.values() if events & set(group.events))

    @display(description=gettext_lazy("Success, 24 h"))
    def success(self, hook: Any) -> str:
        return f"{hook.success_count / hook.request_count:.0%}" if hook.request_count else "–"

    @display(description=gettext_lazy("Requests, 24 h"))
    def requests(self, hook: Any) -> int:
        return int(hook.request_count)

    @display(description=gettext_lazy("State"))
    def state(self, hook: Hook) -> SafeString | str:
        if not hook.enabled:
            return tags([_("off")])
        return tags([_("paused") if hook.paused_at else _("active")])

    def get_fieldsets(self, request: HttpRequest, obj: Hook | None = None) -> Any:
        # Like the signing key: headers hold keys, which are for who may change them.
        is_secret_shown = obj is None or self.has_change_permission(request, obj)
        return [
            (None, {"fields": ["name", "url", "enabled"]}),
            (gettext_lazy("Events"), {"fields": list(GROUPS)}),
            (
                gettext_lazy("Delivery"),
                {"fields": ["retries", "is_ordered", *(["headers"] if is_secret_shown else [])]},
            ),
        ]

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        """How deliveries go, the latest of them, the signing key, and a test."""
        stats = stats_of([entity.pk]).get(entity.pk, Stats())
        query = urlencode({"hook": entity.pk})
        return {
            "hook": entity,
            "stats": stats,
            "rate": f"{stats.successes / stats.requests:.0%}" if stats.requests else "–",
            "paused": PAUSE_REASONS.get(entity.pause_reason, "") if entity.paused_at else "",
            "key": copyable(signing_key_of(entity)) if self.has_change_permission(request, entity) else "",
            "overlaps": entity.previous_key_expires_at if (entity.previous_key_expires_at or now()) > now() else None,
            "latest": list(list_deliveries(entity.pk).defer("body")[:_SHOWN]),
            "deliveries": f"{reverse('admin:webhook_deliveries')}?{query}",
            "delivery": f"{reverse('admin:webhook_delivery')}?{query}",
            "test": f"{reverse('admin:webhook_test')}?{query}",
            "events": events_of(entity),
        }

    def create(self, request: HttpRequest, form: Any) -> Hook:
        values = form.cleaned_data
        return create_hook(
            name=values["name"],
            config=form.config,
            events=form.events,
            enabled=values["enabled"],
            is_ordered=values["is_ordered"],
            actor=actor_of(request),
        )

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        if "events" in form.values and not form.values["events"]:
            raise AppError("hook.missing_events")
        update_hook(entity, **form.values, actor=actor_of(request))

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_hook(entity, actor=actor_of(request))


def told_of_replay(count: int) -> str:
    """Return what a developer is told of a replay."""
    sentence = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
    return sentence % {"count": count}
