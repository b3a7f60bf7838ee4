"""Sign-in traces: one timeline a sign-in, found by user, application, time, or the trace id of an error page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from common.errors import AppError
from console.admin.devices import device_name
from console.audit.changes import describe_error
from console.audit.names import Names
from console.audit.timeline import Step, duration, steps_of
from console.policies import Area
from console.site import site
from experience.traces.selectors import find_trace, list_traces
from experience.traces.trace import Outcome, Trace
from identity.models import User
from identity.selectors import find_user, list_users_by_identifiers

_OUTCOMES: dict[Outcome, tuple[str | Promise, str]] = {
    Outcome.TOKENS_ISSUED: (_("Signed in"), "good"),
    Outcome.SENT_BACK: (_("Sent back"), "good"),
    Outcome.REFUSED: (_("Refused"), "danger"),
    Outcome.UNDER_WAY: (_("Under way"), "info"),
    Outcome.LEFT: (_("Left"), "muted"),
}
_MOST_APPLICATIONS = 200
_LONGEST = 320


class SearchForm(forms.Form):
    """What is looked for; everything may be left out. Times are UTC."""

    id = forms.CharField(label=_("Trace id"), required=False, max_length=64)
    user = forms.CharField(label=_("User"), required=False, max_length=_LONGEST)
    application = forms.CharField(label=_("Application"), required=False, max_length=128)
    start = forms.DateTimeField(label=_("From"), required=False)
    end = forms.DateTimeField(label=_("To"), required=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A trace as a list shows it."""

    link: str
    began_at: datetime
    user: SafeString
    application: SafeString
    outcome: str | Promise
    tone: str
    reason: str
    took: str


@site.page("sign-in-traces/", name="sign_in_traces", area=Area.LOG)
def sign_in_traces(request: HttpRequest) -> HttpResponse:
    """Search, and list what is found, newest first."""
    form = SearchForm(request.GET)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Sign-in traces"),
        "form": form,
        "applications": Application.objects.order_by("name").values_list("id", "name")[:_MOST_APPLICATIONS],
        "is_filtered": any(request.GET.values()),
    }
    if not form.is_valid():
        return TemplateResponse(request, "console/traces.html", context)
    asked = form.cleaned_data
    if asked["id"].strip():
        found = find_trace(asked["id"].strip())
        if found is not None:
            return HttpResponseRedirect(f"{reverse('admin:sign_in_trace')}?{urlencode({'id': found.id})}")
        return TemplateResponse(request, "console/traces.html", context | {"unknown": asked["id"]})
    user = _find_user(asked["user"].strip())
    if asked["user"].strip() and user is None:
        return TemplateResponse(request, "console/traces.html", context | {"unknown_user": asked["user"]})
    try:
        listed = list_traces(
            user_id=user.id if user else None,
            application_id=asked["application"].strip() or None,
            start=asked["start"],
            end=asked["end"],
            before=_moment(request.GET.get("before", "")),
        )
    except AppError as error:
        form.add_error("end", error.message)
        return TemplateResponse(request, "console/traces.html", context)
    names = Names(entry for trace in listed.traces for entry in trace.entries)
    older = listed.older and urlencode({**request.GET.dict(), "before": listed.older.isoformat()})
    context |= {"rows": [_row(trace, names) for trace in listed.traces], "older": older}
    return TemplateResponse(request, "console/traces.html", context)


@site.page("sign-in-traces/trace/", name="sign_in_trace", area=Area.LOG)
def sign_in_trace(request: HttpRequest) -> HttpResponse:
    """Show one, by the id of its journey or the trace id of an error page."""
    asked = request.GET.get("id", "").strip()[:64]
    trace = find_trace(asked)
    context: dict[str, Any] = {**site.each_context(request), "title": _("Sign-in trace"), "id": asked, "trace": trace}
    if trace is not None:
        context |= _explain(trace)
    return TemplateResponse(request, "console/trace.html", context, status=200 if trace else 404)


def _find_user(text: str) -> User | None:
    """Return the user with this id, email address, phone number or username."""
    if not text:
        return None
    digits = text.lstrip("+").replace(" ", "")
    return find_user(text) or next(iter(list_users_by_identifiers(dict.fromkeys((text, digits)))), None)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _row(trace: Trace, names: Names) -> Row:
    outcome, tone = _OUTCOMES[trace.outcome]
    is_clear = trace.outcome in (Outcome.TOKENS_ISSUED, Outcome.SENT_BACK)
    return Row(
        link=f"{reverse('admin:sign_in_trace')}?{urlencode({'id': trace.id})}",
        began_at=trace.began_at,
        user=_user_of(trace, names),
        application=_application_of(trace, names),
        outcome=outcome,
        tone=tone,
        reason="" if is_clear else _last_error(trace),
        took=duration((trace.ended_at - trace.began_at).total_seconds()),
    )


def _explain(trace: Trace) -> dict[str, Any]:
    names = Names(trace.entries)
    outcome, tone = _OUTCOMES[trace.outcome]
    first = trace.entries[0].payload
    steps: list[Step] = steps_of(trace, names)
    application = Application.objects.filter(id=trace.application_id).first() if trace.application_id else None
    return {
        "steps": steps,
        "outcome": outcome,
        "tone": tone,
        "user": _user_of(trace, names),
        "application": _application_of(trace, names),
        "application_link": application and reverse("admin:applications_application_change", args=[application.pk]),
        "took": duration((trace.ended_at - trace.began_at).total_seconds()),
        "address": first.get("ip", ""),
        "device": device_name(str(first.get("userAgent", ""))),
    }


def _user_of(trace: Trace, names: Names) -> SafeString:
    return names.show("User", trace.user_id) if trace.user_id else format_html("{}", "–")


def _application_of(trace: Trace, names: Names) -> SafeString:
    return names.show("Application", trace.application_id) if trace.application_id else format_html("{}", "–")


def _last_error(trace: Trace) -> str:
    return next((said for entry in reversed(trace.entries) if (said := describe_error(entry))), "")
