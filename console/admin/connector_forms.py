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

_PREFIX = "config_"
_KEEP = _("Leave empty to keep what is stored.")


def _places(factory: Factory) -> list[tuple[str, tuple[str, ...], FormItem]]:
    """Each field's name, where its value is in the configuration, and its item."""
    places: list[tuple[str, tuple[str, ...], FormItem]] = []
    for item in factory.form_items:
        for part in item.parts or (item,):
            path = (item.key, part.key) if item.parts else (item.key,)
            places.append((_PREFIX + "_".join(path), path, part))
    return places


def _read(config: dict[str, Any], path: tuple[str, ...]) -> Any:
    for key in path[:-1]:
        config = config.get(key) or {}
    return config.get(path[-1])


class ConnectorForm(ServiceForm):
    """The part that all kinds share."""

    factory: Factory

    class Meta:
        model = Connector
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Connector | None = options.get("instance")
        self.stored = config_of(instance) if instance is not None and not instance._state.adding else {}
        shown = {}
        for name, path, item in _places(self.factory):
            if not item.is_confidential:
                value = _read(self.stored, path)
                # A suggestion for a new one; what a stored one does not say is off.
                shown[name] = item.default if value is None and not self.stored else value
        super().__init__(*args, **{**options, "initial": {**shown, **(options.get("initial") or {})}})

    def config(self) -> dict[str, Any]:
        """Return the configuration with the form's values in it; an empty confidential field keeps what is stored."""
        config = dict(self.stored)
        for name, path, item in _places(self.factory):
            value = self.cleaned_data.get(name)
            holder = config
            for key in path[:-1]:
                holder[key] = dict(holder.get(key) or {})
                holder = holder[key]
            if value not in (None, "", {}, []):
                holder[path[-1]] = value
            elif not item.is_confidential:
                holder.pop(path[-1], None)
        for item in self.factory.form_items:
            # Credentials go with their username: an empty password alone keeps the one that is stored.
            shown = [part.key for part in item.parts if not part.is_confidential]
            if shown and not any(config.get(item.key, {}).get(key) for key in shown):
                config.pop(item.key, None)
        return {key: value for key, value in config.items() if value != {}}


def sections(factory: Factory) -> list[Any]:
    """Return the fields in sections: what is written as JSON is for the few who need it."""
    places = _places(factory)
    advanced = [name for name, _path, item in places if item.is_advanced or item.type == "Json"]
    ordinary = [name for name, _path, item in places if name not in advanced]
    shown = [(None, {"fields": ordinary})] if ordinary else []
    return [*shown, (_("Advanced"), {"fields": advanced, "classes": ["collapse"]})] if advanced else shown


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
        # A secret may begin or end with a space.
        return forms.CharField(label=item.label, required=is_needed, help_text=help_text, widget=widget, strip=False)
    if item.type == "MultilineText":
        return forms.CharField(label=item.label, required=is_needed, widget=widgets.UnfoldAdminTextareaWidget())
    return text(label=item.label, placeholder=item.placeholder, required=is_needed)


def form_class(factory: Factory, *, is_stored: bool) -> type[ConnectorForm]:
    """Return the form of one kind."""
    fields = {name: _field(item, is_stored=is_stored) for name, _path, item in _places(factory)}
    return type("ConnectorForm", (ConnectorForm,), {**fields, "factory": factory, "__module__": __name__})
