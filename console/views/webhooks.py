"""What was sent to a webhook: found by event, outcome and time, looked at one by one, and sent again; and tests."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import AppError
from console.access import actor_of, current_access
from console.admin.base import CappedPaginator
from console.admin.service_errors import explain
from console.admin.webhooks import told_of_replay
from console.policies import Area, may_change
from console.site import site
from console.webhooks.words import STATES
from events.models import Delivery, Hook
from events.webhooks.configuration import config_of
from events.webhooks.names import EVENTS
from events.webhooks.selectors import get_delivery, get_hook, list_attempts, list_deliveries
from events.webhooks.services import replay_deliveries, replay_delivery
from events.webhooks.trial import send_test

_PER_PAGE = 25
_ANSWER_SHOWN = 200


class SearchForm(forms.Form):
    """What is looked for; everything may be left out. Times are UTC."""

    event = forms.ChoiceField(
        label=gettext_lazy("Event"),
        choices=[("", gettext_lazy("All")), *((name, name) for name in EVENTS)],
        required=False,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("All")), *((state, words) for state, (words, _tone) in STATES.items())],
        required=False,
    )
    start = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    end = forms.DateTimeField(label=gettext_lazy("To"), required=False)


def _asked_hook(request: HttpRequest) -> Hook:
    try:
        return get_hook(request.GET.get("hook", "")[:21])
    except AppError as error:
        raise Http404 from error


def _page_of(hook: Hook) -> str:
    return reverse("admin:events_hook_change", args=[hook.pk])


@site.page("events/hook/deliveries/", name="webhook_deliveries", area=Area.GENERAL)
def webhook_deliveries(request: HttpRequest) -> HttpResponse:
    """List deliveries, newest first; a post sends again what the filters find."""
    hook = _asked_hook(request)
    form = SearchForm(request.GET)
    filters = {name: value or None for name, value in form.cleaned_data.items()} if form.is_valid() else {}
    if request.method == "POST":
        return _replay_found(request, hook, filters)
    try:
        found = list_deliveries(hook.pk, **filters).defer("body")
    except AppError as error:
        form.add_error("end", error.message)
        found = Delivery.objects.none()
    page = CappedPaginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    kept = urlencode({name: value for name, value in request.GET.items() if name != "page"})
    context = {
        **site.each_context(request),
        "title": _("Deliveries"),
        "hook": hook,
        "hook_link": _page_of(hook),
        "form": form,
        "page": page,
        "kept": kept,
        "rows": [(row, *STATES[row.state]) for row in page.object_list],
        "delivery": f"{reverse('admin:webhook_delivery')}?{urlencode({'hook': hook.pk})}",
        "is_filtered": any(filters.values()),
        "may_replay": may_change(current_access(request), Area.GENERAL) and filters.get("start") and filters.get("end"),
    }
    return TemplateResponse(request, "console/webhook_deliveries.html", context)


def _replay_found(request: HttpRequest, hook: Hook, filters: dict[str, Any]) -> HttpResponse:
    if not (filters.get("start") and filters.get("end")):
        messages.error(request, _("Choose from when to when first."))
    else:
        try:
            count = replay_deliveries(hook, **filters, actor=actor_of(request))
            messages.success(request, told_of_replay(count))
        except AppError as error:
            messages.error(request, explain(error))
    return HttpResponseRedirect(f"{reverse('admin:webhook_deliveries')}?{request.GET.urlencode()}")


@site.page("events/hook/delivery/", name="webhook_delivery", area=Area.GENERAL)
def webhook_delivery(request: HttpRequest) -> HttpResponse:
    """Show a delivery with its request and what was answered; a post sends it again."""
    hook = _asked_hook(request)
    try:
        delivery = get_delivery(hook, request.GET.get("id", "")[:21])
    except AppError as error:
        raise Http404 from error
    if request.method == "POST":
        replay_delivery(hook, delivery, actor=actor_of(request))
        messages.success(request, told_of_replay(1))
        return HttpResponseRedirect(f"{reverse('admin:webhook_delivery')}?{request.GET.urlencode()}")
    words, tone = STATES[delivery.state]
    context = {
        **site.each_context(request),
        "title": _("Delivery"),
        "hook": hook,
        "hook_link": _page_of(hook),
        "delivery": delivery,
        "state": words,
        "tone": tone,
        "body": json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False),
        "attempts": list(list_attempts(delivery)),
        "deliveries": f"{reverse('admin:webhook_deliveries')}?{urlencode({'hook': hook.pk})}",
        "may_replay": may_change(current_access(request), Area.GENERAL),
    }
    return TemplateResponse(request, "console/webhook_delivery.html", context)


def _answered(error: AppError) -> str:
    """Return what the endpoint answered a test with, empty if it did not."""
    data = error.data if isinstance(error.data, dict) else {}
    if not data.get("responseStatus"):
        return ""
    answer = Truncator(data.get("responseBody", "")).chars(_ANSWER_SHOWN)
    return _("Status %(status)s: %(answer)s") % {"status": data["responseStatus"], "answer": answer or "–"}


@site.page("events/hook/test/", name="webhook_test", area=Area.GENERAL)
def webhook_test(request: HttpRequest) -> HttpResponse:
    """Send a test event to the webhook as it is stored, and say what came of it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    hook = _asked_hook(request)
    try:
        send_test(hook, events=[request.POST.get("event", "")], config=config_of(hook))
    except AppError as error:
        messages.error(request, f"{explain(error)} {_answered(error)}".strip())
    else:
        messages.success(request, _("The endpoint took the test."))
    return HttpResponseRedirect(_page_of(hook))
