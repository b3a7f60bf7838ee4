"""A webhook as a form: its endpoint, the events as check boxes by group, and headers, one a line."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from console.admin.fields import LinesField, address, checks, select, switch, text
from console.admin.service_errors import ServiceForm
from console.webhooks.words import GROUPS
from events.models import Hook
from events.webhooks.configuration import MAX_NAME, config_of, events_of

_EVERY = ""
_FIELDS = ("name", "enabled", "is_ordered")
_CONFIG = ("url", "headers", "retries")


def _events(name: str) -> forms.MultipleChoiceField:
    """The events of a group as check boxes."""
    group = GROUPS[name]
    return checks(label=group.title, choices=[(event, f"{words} ({event})") for event, words in group.events.items()])


class HookForm(ServiceForm):
    """`values` are those of the service."""

    name = text(label=_("Name"), required=True, max_length=MAX_NAME)
    url = address(_("Endpoint URL"), _("Events are posted here as JSON. It must be reachable from this server."))
    enabled = switch(
        label=_("Enabled"), help_text=_("A webhook that is off is told nothing of what happens meanwhile.")
    )
    journeys = _events("journeys")
    users = _events("users")
    organizations = _events("organizations")
    roles = _events("roles")
    permissions = _events("permissions")
    organization_roles = _events("organization_roles")
    organization_permissions = _events("organization_permissions")
    security = _events("security")
    is_ordered = switch(
        label=_("Keep the order"),
        help_text=_(
            "Events are sent one by one: one that fails holds up those behind it until it succeeds or is given up."
        ),
    )
    retries = select(
        label=_("If the endpoint fails"),
        choices=[
            (_EVERY, _("Try again for a day")),
            ("0", _("Do not try again")),
            ("1", _("Try once more")),
            ("2", _("Try twice more")),
            ("3", _("Try three times more")),
        ],
    )
    headers = LinesField(
        label=_("Headers"),
        placeholder="X-Source: gatehouse",
        help_text=_("Sent with each event, one a line: a name, a colon and a value. Stored encrypted."),
    )

    class Meta:
        model = Hook
        fields = _FIELDS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        hook = self.instance if not self.instance._state.adding else None
        events = set(events_of(hook)) if hook is not None else set()
        for name, group in GROUPS.items():
            fields[name].initial = [event for event in group.events if event in events]
        fields["url"].required = True
        if hook is None:
            fields["enabled"].initial = True
            return
        config = config_of(hook)
        shown = {
            "url": config["url"],
            "headers": [f"{name}: {value}" for name, value in (config.get("headers") or {}).items()],
            "retries": str(config.get("retries", _EVERY)),
        }
        for name, value in shown.items():
            fields[name].initial = value

    def clean_headers(self) -> dict[str, str]:
        """Return the lines as names and values."""
        headers = {}
        for line in self.cleaned_data["headers"]:
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                raise ValidationError(_("A line needs a name, a colon and a value: %s") % line)
            headers[name.strip()] = value.strip()
        return headers

    @property
    def events(self) -> list[str]:
        """The chosen events of every group."""
        return [event for name in GROUPS for event in self.cleaned_data[name]]

    @property
    def config(self) -> dict[str, Any]:
        """The configuration as the service takes it."""
        values = self.cleaned_data
        return {
            "url": values["url"],
            **({"headers": values["headers"]} if values["headers"] else {}),
            **({"retries": int(values["retries"])} if values["retries"] else {}),
        }

    @property
    def values(self) -> dict[str, Any]:
        """What was changed, as the service takes it."""
        changed = set(self.changed_data)
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in _FIELDS if name in changed}
        if changed & set(GROUPS):
            given["events"] = self.events
        if changed & set(_CONFIG):
            given["config"] = self.config
        return given
