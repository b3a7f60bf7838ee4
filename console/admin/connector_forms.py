"""A connector's form, made from what its kind says about its configuration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from connectors.factories import Factory, FormItem
from connectors.models import Connector
from connectors.selectors import config_of
from console.admin.fields import JsonField, number, switch, text
from console.admin.service_errors import ServiceForm

PREFIX = "config_"
_KEEP = _("Leave empty to keep what is stored.")


class ConnectorForm(ServiceForm):
    """The part that all kinds share."""

    factory: Factory

    class Meta:
        model = Connector
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Connector | None = options.get("instance")
        self.stored = config_of(instance) if instance is not None and not instance._state.adding else {}
        shown = {
            f"{PREFIX}{item.key}": self.stored.get(item.key, item.default)
            for item in self.factory.form_items
            if not item.is_confidential
        }
        super().__init__(*args, **{**options, "initial": {**shown, **(options.get("initial") or {})}})

    def config(self) -> dict[str, Any]:
        """Return the configuration with the form's values in it; an empty confidential field keeps what is stored."""
        config = dict(self.stored)
        for item in self.factory.form_items:
            value = self.cleaned_data.get(f"{PREFIX}{item.key}")
            if value in (None, "", {}, []):
                if not item.is_confidential:
                    config.pop(item.key, None)
            else:
                config[item.key] = value
        return config


def _field(item: FormItem, *, is_stored: bool) -> forms.Field:
    help_text = _KEEP if item.is_confidential and is_stored else ""
    is_needed = item.required and not (item.is_confidential and is_stored)
    if item.type == "Number":
        return number(label=item.label, required=is_needed)
    if item.type == "Switch":
        return switch(label=item.label)
    if item.type == "Json":
        return JsonField(label=item.label, rows=4, help_text=help_text)
    if item.is_confidential:
        widget: Any = widgets.UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        return forms.CharField(label=item.label, required=is_needed, help_text=help_text, widget=widget)
    if item.type == "MultilineText":
        return forms.CharField(label=item.label, required=is_needed, widget=widgets.UnfoldAdminTextareaWidget())
    return text(label=item.label, placeholder=item.placeholder, required=is_needed)


def form_class(factory: Factory, *, is_stored: bool) -> type[ConnectorForm]:
    """Return the form of one kind."""
    fields = {f"{PREFIX}{item.key}": _field(item, is_stored=is_stored) for item in factory.form_items}
    return type("ConnectorForm", (ConnectorForm,), {**fields, "factory": factory, "__module__": __name__})
