"""Streams of the audit log: where it is sent, how far each has come, and whether the destination takes it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import AppError
from console.access import actor_of
from console.admin.fields import LinesField, address, select, text
from console.admin.service_errors import explain, show_error
from console.policies import Area
from console.site import site
from events.models import LogStream
from events.streams.configuration import MASK, masked_config
from events.streams.selectors import get_stream, list_streams, state_of
from events.streams.services import create_stream, delete_stream, resume_stream, send_test_entry, update_stream

# Kind and format in one choice.
_KINDS = {
    "ndjson": ("Http", gettext_lazy("HTTP, an entry a line (NDJSON)")),
    "json": ("Http", gettext_lazy("HTTP, a JSON array")),
    "otlp": ("OpenTelemetry", gettext_lazy("OpenTelemetry logs (OTLP/HTTP, JSON)")),
}
_STATES = {
    "active": (gettext_lazy("Active"), "good"),
    "retrying": (gettext_lazy("Trying again"), "info"),
    "paused": (gettext_lazy("Paused"), "danger"),
    "off": (gettext_lazy("Off"), "muted"),
}
_FIELDS = {"name": "name", "config.url": "url", "config.headers": "headers"}


class StreamForm(forms.Form):
    """A new stream, or the changes of one, whose kind stays and whose headers keep the values that are not typed."""

    name = text(label=gettext_lazy("Name"), required=True, max_length=128)
    kind = select(
        label=gettext_lazy("Destination"),
        choices=[(name, words) for name, (_kind, words) in _KINDS.items()],
        required=True,
    )
    url = address(gettext_lazy("Address"), gettext_lazy("The whole address; of an OpenTelemetry collector, …/v1/logs."))
    headers = LinesField(
        label=gettext_lazy("Headers"),
        placeholder="Authorization: Bearer …",
        help_text=gettext_lazy("One a line, name and value. They are kept encrypted and not shown again."),
    )

    def __init__(self, data: Any = None, *, stream: LogStream | None = None) -> None:
        super().__init__(data, initial=_initial(stream) if stream else None)
        if stream:
            fields: dict[str, Any] = self.fields
            fields["kind"].choices = [(name, words) for name, (kind, words) in _KINDS.items() if kind == stream.kind]
            fields["headers"].help_text = _(
                "One a line, name and value. %(mask)s keeps a value; with a new address it must be typed again."
            ) % {"mask": MASK}

    def clean_headers(self) -> dict[str, str]:
        pairs = [line.partition(":") for line in self.cleaned_data["headers"]]
        if not all(colon for _name, colon, _value in pairs):
            raise forms.ValidationError(_("A header is a name, a colon and a value."), code="invalid")
        return {name.strip(): value.strip() for name, _colon, value in pairs}

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        chosen = self.cleaned_data["kind"]
        config = {"url": self.cleaned_data["url"], "headers": self.cleaned_data["headers"], "format": chosen}
        if chosen == "otlp":
            del config["format"]
        return {"name": self.cleaned_data["name"], "kind": _KINDS[chosen][0], "config": config}


def _initial(stream: LogStream) -> dict[str, Any]:
    config = masked_config(stream)
    return {
        "name": stream.name,
        "kind": config.get("format", "otlp"),
        "url": config["url"],
        "headers": [f"{name}: {value}" for name, value in config["headers"].items()],
    }


@site.page("log-streams/", name="log_streams", area=Area.TENANT)
def log_streams(request: HttpRequest) -> HttpResponse:
    """Show the streams and the form of a new one, or that of one; do what a button of a stream says."""
    if action := request.POST.get("action"):
        return _act(request, action)
    changed = _asked(request)
    form = StreamForm(request.POST if request.method == "POST" else None, stream=changed)
    if form.is_bound and form.is_valid():
        try:
            _save(request, changed, form.values())
            return HttpResponseRedirect(reverse("admin:log_streams"))
        except AppError as error:
            show_error(form, error, _FIELDS)
    streams = []
    for stream in list_streams():
        state, tone = _STATES[state_of(stream)]
        streams.append({"stream": stream, "url": masked_config(stream)["url"], "state": state, "tone": tone})
    context = {
        **site.each_context(request),
        "title": _("Log streams"),
        "streams": streams,
        "form": form,
        "changed": changed,
    }
    return TemplateResponse(request, "console/log_streams.html", context)


def _asked(request: HttpRequest) -> LogStream | None:
    """Return the stream to change, none for a new one."""
    if "id" not in request.GET:
        return None
    try:
        return get_stream(request.GET["id"][:21])
    except AppError as error:
        raise Http404 from error


def _save(request: HttpRequest, stream: LogStream | None, values: dict[str, Any]) -> None:
    if stream is None:
        create_stream(**values, actor=actor_of(request))
        messages.success(request, _("From now on entries are sent there."))
    else:
        update_stream(stream, {"name": values["name"], "config": values["config"]}, actor=actor_of(request))
        messages.success(request, _("Saved."))


def _test(stream: LogStream, **_actor: Any) -> None:
    send_test_entry(stream.kind, masked_config(stream), stored=stream)


def _switch(stream: LogStream, **actor: Any) -> None:
    update_stream(stream, {"enabled": not stream.enabled}, **actor)


_ACTIONS: dict[str, tuple[Callable[..., Any], Any]] = {
    "test": (_test, gettext_lazy("The destination took the test.")),
    "switch": (_switch, gettext_lazy("Saved.")),
    "resume": (resume_stream, gettext_lazy("Saved.")),
    "delete": (delete_stream, gettext_lazy("Nothing is sent there any more.")),
}


def _act(request: HttpRequest, action: str) -> HttpResponse:
    try:
        act, said = _ACTIONS[action]
        act(get_stream(request.POST.get("id", "")[:21]), actor=actor_of(request))
        messages.success(request, str(said))
    except KeyError:
        messages.error(request, _("There is no such action."))
    except AppError as error:
        messages.error(request, explain(error))
    return HttpResponseRedirect(reverse("admin:log_streams"))
