"""A profile field as a form, and the form's values as a field on the wire."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.admin.fields import LinesField, checks, number, select, switch, text
from console.admin.ordered_field import OrderedChoice, OrderedField
from console.admin.service_errors import ServiceForm
from console.profile_fields.kinds import FIRST_PARTS, KINDS, NAMES, PARTS
from experience.models import CustomProfileField
from experience.profile_fields.dates import CUSTOM, ISO
from experience.profile_fields.names import MAX_NAME
from experience.profile_fields.shapes import LONGEST_VALUE, MAX_DESCRIPTION, MAX_LABEL, Type

_DATES = {
    ISO: "2030-12-31",
    "dd/MM/yyyy": "31/12/2030",
    "MM/dd/yyyy": "12/31/2030",
    CUSTOM: _("A form of your own"),
}
_PATTERN_HELP = _("A regular expression, without lookaround and backreferences. ^ and $ bind it to the ends.")
# Types -> the members of `config` that are its bounds.
_BOUNDS: Mapping[str, tuple[str, str]] = {Type.TEXT: ("minLength", "maxLength"), Type.NUMBER: ("minValue", "maxValue")}
_SEPARATOR = "="

ERROR_FIELDS: Mapping[str, str] = {
    "custom_profile_fields.invalid_name": "key",
    "custom_profile_fields.name_exists": "key",
    "custom_profile_fields.name_conflict_sign_in_identifier": "key",
    "custom_profile_fields.name_conflict_built_in_prop": "key",
    "custom_profile_fields.name_conflict_custom_data": "key",
    "custom_profile_fields.invalid_min_max_input": "minimum",
    "custom_profile_fields.invalid_options": "options",
    "custom_profile_fields.invalid_regex_format": "pattern",
    "custom_profile_fields.invalid_address_components": "parts",
    "custom_profile_fields.invalid_fullname_components": "parts",
    "config.options": "options",
    "config.format": "pattern",
    "config.customFormat": "custom_format",
    "config.placeholder": "placeholder",
}


class ProfileFieldForm(ServiceForm):
    """What all types have; `form_of` adds the controls of a type."""

    kind = ""

    label = text(label=_("Label"), help_text=_("What users see."), max_length=MAX_LABEL, required=True)
    description = text(label=_("Description"), help_text=_("A hint below the field."), max_length=MAX_DESCRIPTION)

    class Meta:
        model = CustomProfileField
        fields = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        stored: CustomProfileField | None = options.get("instance")
        values = _to_form(stored) if stored else _first_values(self.kind)
        options["initial"] = {**values, **(options.get("initial") or {})}
        super().__init__(*args, **options)
        self._stored_parts = list(stored.config.get("parts", [])) if stored else []
        if "parts" in self.fields:
            parts: Any = self.fields["parts"]
            parts.offer(
                [OrderedChoice(value=name, title=str(NAMES[name]), note="", look={}) for name in PARTS[self.kind]]
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance._state.adding and "key" in self.fields and not self.name(values) and "key" not in self.errors:
            self.add_error("key", _("Name the key."))
        return values

    def name(self, values: Mapping[str, Any]) -> str:
        """Return the field's name: one with a place of its own, or a key of custom data."""
        if self.kind == Type.FULLNAME:
            return KINDS[self.kind].names[0]
        return str(values.get("place") or values.get("key") or "")

    def row(self) -> dict[str, Any]:
        """Return the field on the wire."""
        values = self.cleaned_data
        return {
            "type": self.kind,
            "label": values["label"],
            "description": values["description"] or None,
            "required": self._is_required(),
            "config": self._config(),
        }

    def _is_required(self) -> bool:
        if "parts" in self.fields:
            return bool(set(self.cleaned_data["required_parts"]) & set(self.cleaned_data["parts"]))
        return bool(self.cleaned_data.get("required"))

    def _config(self) -> dict[str, Any]:
        values = self.cleaned_data
        config: dict[str, Any] = {"placeholder": values["placeholder"]} if values.get("placeholder") else {}
        match self.kind:
            case Type.TEXT | Type.NUMBER:
                given = zip(_BOUNDS[self.kind], (values["minimum"], values["maximum"]), strict=True)
                config |= {member: bound for member, bound in given if bound is not None}
            case Type.DATE:
                config["format"] = values["date_format"]
                if values["date_format"] == CUSTOM:
                    config["customFormat"] = values["custom_format"]
            case Type.CHECKBOX:
                config["defaultValue"] = "true" if values["ticked"] else "false"
            case Type.SELECT:
                config["options"] = [_option(line) for line in values["options"]]
            case Type.REGEX:
                config["format"] = values["pattern"]
            case Type.ADDRESS | Type.FULLNAME:
                config["parts"] = self._parts()
        return config

    def _parts(self) -> list[dict[str, Any]]:
        """Those that are ticked, in order, then the others; what else a part says by the API stays."""
        values = self.cleaned_data
        stored = {part["name"]: part for part in self._stored_parts}
        left = [name for name in PARTS[self.kind] if name not in values["parts"]]
        parts = []
        for name in [*values["parts"], *left]:
            part = {"type": Type.TEXT.value, **stored.get(name, {}), "name": name}
            part |= {"enabled": name in values["parts"], "required": name in values["required_parts"]}
            part.pop("label", None)
            if words := values[f"label_{name}"]:
                part["label"] = words
            parts.append(part)
        return parts


def form_of(kind: str) -> type[ProfileFieldForm]:
    """Return the form of a type."""
    members = {"kind": kind, "__module__": __name__, "__doc__": f"A field of type {kind}."}
    return type("TypedProfileFieldForm", (ProfileFieldForm,), {**members, **_controls(kind)})


def sections(kind: str) -> list[tuple[Any, dict[str, Any]]]:
    """Return the controls of a type as they are laid out."""
    own = list(_controls(kind))
    names = [name for name in own if name in ("place", "key")]
    labels = [name for name in own if name.startswith("label_")]
    others = [name for name in own if name not in names and name not in labels]
    found: list[tuple[Any, dict[str, Any]]] = [(None, {"fields": [*names, "label", "description", *others]})]
    if labels:
        said = _("Empty: the usual words, in the user’s language.")
        found.append((_("Labels of the parts"), {"fields": labels, "description": said}))
    return found


def _controls(kind: str) -> dict[str, forms.Field]:
    return {**_name_controls(kind), **_own_controls(kind)}


def _name_controls(kind: str) -> dict[str, forms.Field]:
    if kind == Type.FULLNAME:
        return {}
    key = text(
        label=_("Key"),
        help_text=_("The key in the user’s custom data: letters and digits. It cannot be changed."),
        max_length=MAX_NAME,
    )
    names = KINDS[kind].names
    if not names:
        return {"key": key}
    choices = [("", _("Custom data, by the key below")), *((name, NAMES[name]) for name in names)]
    return {"place": select(label=_("Kept as"), choices=choices), "key": key}


def _own_controls(kind: str) -> dict[str, forms.Field]:
    placeholder = {"placeholder": text(label=_("Placeholder"), max_length=256)}
    required = {"required": switch(label=_("Required"))}
    match kind:
        case Type.TEXT:
            bounds = {
                "minimum": number(label=_("Fewest characters"), max_value=LONGEST_VALUE),
                "maximum": number(label=_("Most characters"), max_value=LONGEST_VALUE),
            }
            return {**placeholder, **bounds, **required}
        case Type.NUMBER:
            lowest = -(2**31) + 1
            bounds = {
                "minimum": number(label=_("Lowest"), minimum=lowest, max_value=-lowest),
                "maximum": number(label=_("Highest"), minimum=lowest, max_value=-lowest),
            }
            return {**placeholder, **bounds, **required}
        case Type.DATE:
            return {
                "date_format": select(
                    label=_("Kept in the form"),
                    choices=_DATES.items(),
                    help_text=_("Users choose a day in a calendar. A whole birthdate is kept as 2030-12-31."),
                    required=True,
                ),
                "custom_format": text(
                    label=_("Form of your own"),
                    placeholder="dd.MM.yyyy",
                    help_text=_("Of yyyy, MM, M, dd and d."),
                    max_length=128,
                ),
                **required,
            }
        case Type.CHECKBOX:
            return {"ticked": switch(label=_("Ticked at first"))}
        case Type.SELECT:
            options = LinesField(
                label=_("Options"),
                help_text=_("One a line: what is kept, and after = what users see, such as s = Small."),
                rows=6,
                required=True,
            )
            return {"options": options, **placeholder, **required}
        case Type.URL:
            return {**placeholder, **required}
        case Type.REGEX:
            pattern = text(label=_("Pattern"), help_text=_PATTERN_HELP, max_length=128, required=True)
            return {"pattern": pattern, **placeholder, **required}
    choices = [(name, NAMES[name]) for name in PARTS[kind]]
    labels = {f"label_{name}": text(label=words, max_length=MAX_LABEL) for name, words in choices}
    return {
        "parts": OrderedField(label=_("Parts"), required=False),
        "required_parts": checks(label=_("Required parts"), choices=choices),
        **labels,
    }


def _option(line: str) -> dict[str, str]:
    value, _separator, label = line.partition(_SEPARATOR)
    return {"value": value.strip(), **({"label": label.strip()} if label.strip() else {})}


def _first_values(kind: str) -> dict[str, Any]:
    names = KINDS[kind].names if kind in (Type.ADDRESS, Type.DATE) else ()
    return {"place": names[0] if names else "", "date_format": ISO, "parts": list(FIRST_PARTS.get(kind, ()))}


def _to_form(stored: CustomProfileField) -> dict[str, Any]:
    config = stored.config
    lowest, highest = _BOUNDS.get(stored.type, ("", ""))
    parts = config.get("parts", [])
    is_built_in = stored.name in KINDS[stored.type].names
    return {
        "place": stored.name if is_built_in else "",
        "key": "" if is_built_in else stored.name,
        "label": stored.label,
        "description": stored.description or "",
        "required": stored.required,
        "placeholder": config.get("placeholder", ""),
        "minimum": config.get(lowest),
        "maximum": config.get(highest),
        "date_format": config.get("format", ISO),
        "custom_format": config.get("customFormat", ""),
        "pattern": config.get("format", ""),
        "ticked": config.get("defaultValue") == "true",
        "options": [_line(option) for option in config.get("options", [])],
        "parts": [part["name"] for part in parts if part["enabled"]],
        "required_parts": [part["name"] for part in parts if part["required"]],
        **{f"label_{part['name']}": part.get("label", "") for part in parts},
    }


def _line(option: Mapping[str, str]) -> str:
    return f"{option['value']} {_SEPARATOR} {option['label']}" if option.get("label") else option["value"]
