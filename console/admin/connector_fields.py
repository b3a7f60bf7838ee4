"""The fields of a connector's form, made from what its kind says about its configuration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from connectors.factories import Factory, FormItem
from console.admin.fields import JsonField, checks, number, select, switch, text

_PREFIX = "config_"
_KEEP = _("Leave empty to keep what is stored.")


@dataclass(frozen=True, slots=True)
class Place:
    """One field of the form: its name, where its value is in the configuration, and what the kind says about it."""

    name: str
    path: tuple[str, ...]
    item: FormItem
    # For the few who need it: shown apart from the rest.
    is_advanced: bool

    def read(self, config: Mapping[str, Any]) -> Any:
        """Return the value in a configuration, `None` if there is none."""
        value: Any = config
        for key in self.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def places_of(factory: Factory) -> list[Place]:
    """Return the fields of a kind; of an item with parts, one for each part."""
    return [
        Place(
            _name(path),
            path,
            part,
            is_advanced=item.is_advanced or part.is_advanced or (part.type == "Json" and not part.required),
        )
        for item in factory.form_items
        for part in item.parts or (item,)
        for path in [(item.key, part.key) if item.parts else (item.key,)]
    ]


def _name(path: tuple[str, ...]) -> str:
    return _PREFIX + "_".join(path)


def conditions_of(place: Place, places: list[Place]) -> dict[str, Any]:
    """Return the fields that a field depends on, with the value for which it is shown; a part may name its siblings."""
    names = {other.name for other in places}
    sibling = {key: _name((*place.path[:-1], key)) for key in place.item.shown_if}
    return {
        (sibling[key] if sibling[key] in names else _name((key,))): value for key, value in place.item.shown_if.items()
    }


def is_shown(place: Place, places: list[Place], values: Mapping[str, Any]) -> bool:
    """Whether a field counts beside the values of the others."""
    return all(values.get(name) == wanted for name, wanted in conditions_of(place, places).items())


def form_field(place: Place, places: list[Place], *, is_stored: bool) -> forms.Field:
    """Return the control of a field. `is_stored`: the connector exists, and what is confidential is not shown."""
    field = _control(place.item, is_stored=is_stored)
    if conditions := conditions_of(place, places):
        field.widget.attrs["data-shown-if"] = json.dumps(conditions)
    return field


def _control(item: FormItem, *, is_stored: bool) -> forms.Field:
    is_kept = item.is_confidential and is_stored
    shared: dict[str, Any] = {"label": item.label, "help_text": _KEEP if is_kept else item.description}
    # Whether a field that is not always shown is needed, the kind's own check says.
    is_needed = item.required and not is_kept and not item.shown_if
    match item.type:
        case "Number":
            return number(required=is_needed, **shared)
        case "Switch":
            return switch(**shared)
        case "Json":
            return JsonField(rows=4, required=is_needed, **shared)
        case "Select":
            blank = [] if is_needed or item.default is not None else [("", "–")]
            return select(choices=[*blank, *item.choices], required=is_needed, **shared)
        case "MultiSelect":
            return checks(choices=item.choices, **shared)
    if item.is_confidential:
        widget: Any = widgets.UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        # A secret may begin or end with a space.
        return forms.CharField(required=is_needed, widget=widget, strip=False, **shared)
    if item.type == "MultilineText":
        return forms.CharField(required=is_needed, widget=widgets.UnfoldAdminTextareaWidget(), **shared)
    return text(placeholder=item.placeholder, required=is_needed, **shared)
