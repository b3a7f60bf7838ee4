"""The fields of a connection, made from what the provider says about its configuration."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from connectors.enterprise.provider import Provider, ProviderType
from connectors.factories import FormItem
from console.admin.fields import select, switch, text

_PREFIX = "config_"
SOURCE = "source"
_KEEP = _("Leave empty to keep what is stored.")

_SOURCES = (
    ("metadataUrl", _("Address of its metadata")),
    ("metadata", _("Metadata as XML")),
    ("manual", _("Entered by hand")),
)
# Which fields go with which way of describing an identity provider.
_SOURCE_OF = {
    "metadataUrl": "metadataUrl",
    "metadata": "metadata",
    "entityId": "manual",
    "signInEndpoint": "manual",
    "x509Certificate": "manual",
}

Path = tuple[str, ...]


def places_of(provider: Provider) -> dict[str, tuple[Path, FormItem]]:
    """Return each field's place in the configuration and its item, by the field's name."""
    found: dict[str, tuple[Path, FormItem]] = {}
    for item in provider.form_items:
        for part in item.parts or (item,):
            path = (item.key, part.key) if item.parts else (item.key,)
            found[_PREFIX + "_".join(path)] = (path, part)
    return found


def fields_of(provider: Provider, *, is_stored: bool) -> dict[str, forms.Field]:
    """Return the fields of a provider; `is_stored`: what is confidential is there already, and is not shown."""
    fields: dict[str, forms.Field] = {}
    if provider.type == ProviderType.SAML:
        fields[SOURCE] = select(label=_("The identity provider is described by"), choices=_SOURCES)
    for name, (path, item) in places_of(provider).items():
        fields[name] = field = _field(item, is_stored=is_stored)
        shown_if = {_PREFIX + key: value for key, value in item.shown_if.items()}
        if (source := _SOURCE_OF.get(path[0])) is not None:
            shown_if[SOURCE] = source
        if shown_if:
            field.widget.attrs["data-shown-if"] = json.dumps(shown_if)
    return fields


def initial_of(provider: Provider, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a stored configuration, without what is confidential."""
    values: dict[str, Any] = {}
    for name, (path, item) in places_of(provider).items():
        value: Any = config
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if not item.is_confidential:
            values[name] = item.default if value is None else value
    if provider.type == ProviderType.SAML:
        held = (source for key, source in _SOURCE_OF.items() if key in config)
        values[SOURCE] = next(held, _SOURCES[0][0])
    return values


def config_of_values(provider: Provider, values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration that the fields say; an empty confidential field keeps what is stored."""
    config: dict[str, Any] = {}
    for name, (path, item) in places_of(provider).items():
        value = values.get(name)
        if item.is_confidential and not value:
            value = stored.get(path[0])
        is_shown = all(values.get(_PREFIX + key) == wanted for key, wanted in item.shown_if.items())
        is_of_source = _SOURCE_OF.get(path[0], values.get(SOURCE)) == values.get(SOURCE)
        if value in (None, "", False) or not (is_shown and is_of_source):
            continue
        holder = config
        for key in path[:-1]:
            holder = holder.setdefault(key, {})
        holder[path[-1]] = value
    return config


def _field(item: FormItem, *, is_stored: bool) -> forms.Field:
    is_kept = item.is_confidential and is_stored
    shared: dict[str, Any] = {"label": item.label, "help_text": _KEEP if is_kept else item.description}
    # Whether a new connector is configured yet is the developer's to decide, and what it needs the provider's.
    if item.type == "Switch":
        return switch(**shared)
    if item.type == "Select":
        return select(choices=item.choices, **shared)
    if item.is_confidential:
        widget: Any = widgets.UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        return forms.CharField(required=False, widget=widget, strip=False, **shared)
    if item.type == "MultilineText":
        attrs = {"rows": 6, "spellcheck": "false", "class": "gh-mono"}
        return forms.CharField(required=False, widget=widgets.UnfoldAdminTextareaWidget(attrs=attrs), **shared)
    return text(placeholder=item.placeholder, **shared)
