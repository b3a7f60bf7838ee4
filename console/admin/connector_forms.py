"""A connector's form: its configuration, and for social ones what the tenant says of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from connectors.factories import Factory, SocialFactory
from connectors.models import Connector
from connectors.policies import is_standard, metadata_of_changed, metadata_of_new
from connectors.selectors import config_of
from console.admin.connector_fields import form_field, is_shown, places_of
from console.admin.connector_options import social_fields
from console.admin.service_errors import ServiceForm, explain

_METADATA = {"target": "target", "name": "display_name", "logo": "logo", "logoDark": "logo_dark"}
_AT_TARGET = frozenset(
    {
        "connector.should_specify_target",
        "connector.can_not_modify_target",
        "connector.multiple_target_with_same_platform",
    }
)


class ConnectorForm(ServiceForm):
    """The part that all kinds share."""

    factory: Factory

    class Meta:
        model = Connector
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Connector | None = options.get("instance")
        self.held = instance if instance is not None and not instance._state.adding else None
        self.stored = config_of(self.held) if self.held else {}
        self.places = places_of(self.factory)
        super().__init__(*args, **{**options, "initial": {**self._shown(), **(options.get("initial") or {})}})

    def _shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for place in self.places:
            if not place.item.is_confidential:
                value = place.read(self.stored)
                # A suggestion for a new one; what a stored one does not say is off, and a choice is the usual one.
                is_suggested = not self.stored or place.item.type == "Select"
                shown[place.name] = place.item.default if value is None and is_suggested else value
                if isinstance(value, list) and place.item.type == "Text":
                    shown[place.name] = ", ".join(value)
        if self.held:
            said = self.held.metadata
            shown |= {
                "display_name": said.get("name", {}).get("en", ""),
                "target": said.get("target", ""),
                "logo": said.get("logo", ""),
                "logo_dark": said.get("logoDark", ""),
                "sync_profile": "always" if self.held.sync_profile else "once",
                "token_storage": self.held.enable_token_storage,
            }
        return shown

    def config(self) -> dict[str, Any]:
        """Return the configuration with the form's values in it; an empty confidential field keeps what is stored."""
        config = dict(self.stored)
        for place in self.places:
            value = self.cleaned_data.get(place.name)
            holder = config
            for key in place.path[:-1]:
                holder[key] = dict(holder.get(key) or {})
                holder = holder[key]
            is_counted = is_shown(place, self.places, self.cleaned_data)
            if is_counted and value not in (None, "", {}, []):
                is_list = place.item.type == "Text" and isinstance(place.read(self.stored), list)
                holder[place.path[-1]] = [part.strip() for part in value.split(",")] if is_list else value
            elif not (is_counted and place.item.is_confidential):
                holder.pop(place.path[-1], None)
        for item in self.factory.form_items:
            # Credentials go with their username: an empty password alone keeps the one that is stored.
            shown = [part.key for part in item.parts if not part.is_confidential and part.type != "Select"]
            if shown and not any(config.get(item.key, {}).get(key) for key in shown):
                config.pop(item.key, None)
        return {key: value for key, value in config.items() if value != {}}

    def options(self) -> dict[str, Any]:
        """Return what the services take besides the configuration."""
        if not isinstance(self.factory, SocialFactory):
            return {}
        options: dict[str, Any] = {"sync_profile": self.cleaned_data["sync_profile"] == "always"}
        if "token_storage" in self.fields and not self.fields["token_storage"].disabled:
            options["enable_token_storage"] = self.cleaned_data["token_storage"]
        if is_standard(self.factory):
            options["metadata"] = self._metadata()
        return options

    def _metadata(self) -> dict[str, Any]:
        """What the form says; names in other languages stay as they are."""
        names = dict(self.held.metadata.get("name", {})) if self.held else {}
        said = {wire: self.cleaned_data.get(field) for wire, field in _METADATA.items()}
        name = said.pop("name")
        return {key: value for key, value in said.items() if value} | ({"name": {**names, "en": name}} if name else {})

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the form as it is now, by field; it must have been cleaned. Nothing is written."""
        found = {name: " ".join(map(str, errors)) for name, errors in self.errors.items() if name in self.fields}
        try:
            if is_standard(self.factory):
                held = self.held.metadata if self.held else {}
                said = self._metadata()
                metadata_of_changed(self.factory, said, held) if held else metadata_of_new(self.factory, said)
        except AppError as error:
            found = self.said_of(error) | found
        try:
            self.factory.validated(self.config())
        except AppError as error:
            found = self.said_of(error) | found
        return {name: said for name, said in found.items() if name}

    def said_of(self, error: AppError) -> dict[str, str]:
        """Return a refusal by the fields that it is about; what is about none of them is under the empty name."""
        if error.code in _AT_TARGET:
            return {"target": explain(error)}
        issues = error.data.get("issues") if isinstance(error.data, Mapping) else None
        said: dict[str, str] = {}
        for issue in issues or []:
            field = self._field_at(str(issue.get("path", "")))
            words = str(issue["message"]) if field else explain(error)
            said[field] = words if said.get(field) in (None, words) else f"{said[field]} {words}"
        return said or {"": explain(error)}

    def _field_at(self, path: str) -> str:
        by_path = {".".join(place.path): place.name for place in self.places}
        by_path |= {f"metadata.{wire}": field for wire, field in _METADATA.items()}
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            field = by_path.get(".".join(parts[:length]), "")
            if field in self.fields:
                return field
        return ""

    def _post_clean(self) -> None:
        refusal, self.service_error = self.service_error, None
        super()._post_clean()
        if refusal is not None and not self.errors:
            for field, words in self.said_of(refusal).items():
                self.add_error(field or None, words)


def sections(factory: Factory) -> list[Any]:
    """Return the fields in sections: what is written as JSON is for the few who need it."""
    places = places_of(factory)
    advanced = [place.name for place in places if place.is_advanced]
    ordinary = [place.name for place in places if not place.is_advanced]
    found: list[Any] = [(None, {"fields": [*(["display_name", "target"] if is_standard(factory) else []), *ordinary]})]
    if isinstance(factory, SocialFactory):
        options = ["sync_profile", *(["token_storage"] if factory.is_token_storage_supported else [])]
        found.append((_("Users"), {"fields": options}))
    if is_standard(factory):
        found.append((_("Button"), {"fields": ["logo", "logo_dark"]}))
    if advanced:
        found.append((_("Advanced"), {"fields": advanced, "classes": ["collapse"]}))
    return [section for section in found if section[1]["fields"]]


def form_class(factory: Factory, *, is_stored: bool) -> type[ConnectorForm]:
    """Return the form of one kind."""
    places = places_of(factory)
    fields = {place.name: form_field(place, places, is_stored=is_stored) for place in places}
    if isinstance(factory, SocialFactory):
        fields |= social_fields(factory, is_stored=is_stored)
    return type("ConnectorForm", (ConnectorForm,), {**fields, "factory": factory, "__module__": __name__})
