"""The form of what signing up asks for besides identifiers: one control for each field and for each part of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from common.errors import AppError
from experience.pages.forms import PageForm
from experience.profile_fields.answers import Answers, list_asked
from experience.profile_fields.dates import ISO, is_whole, read_date, write_date
from experience.profile_fields.field import ProfileField
from experience.profile_fields.shapes import Type
from experience.profile_fields.values import date_format_of, find_date

# What browsers fill in, by the name of a field or of a part (HTML, "Autofill").
_AUTOCOMPLETE = {
    "name": "name",
    "avatar": "photo",
    "givenName": "given-name",
    "middleName": "additional-name",
    "familyName": "family-name",
    "nickname": "nickname",
    "profile": "url",
    "website": "url",
    "gender": "sex",
    "birthdate": "bday",
    "locale": "language",
    "formatted": "street-address",
    "streetAddress": "address-line1",
    "locality": "address-level2",
    "region": "address-level1",
    "postalCode": "postal-code",
    "country": "country-name",
}
_ISSUE_ROOT = "values."


class Group(NamedTuple):
    """Controls that belong together; one alone has no heading of its own."""

    legend: str
    description: str
    fields: list[BoundField]
    id: str = ""


class ExtraProfileForm(PageForm):
    """A control is named as the value's place: `company`, `address.locality`. `held` is what is known already."""

    def __init__(self, data: Any = None, *, fields: Sequence[ProfileField], held: Answers, **options: Any) -> None:
        super().__init__(data, **options)
        self._asked = fields
        for place, field in _controls(fields):
            known = _held_at(held, place)
            self.fields[place.name] = _control(field, known, is_required=place.is_required)

    @property
    def groups(self) -> list[Group]:
        """The controls as they are laid out, each with the first field that asks for it."""
        groups = []
        places = [place for place, _part in _controls(self._asked)]
        for field in self._asked:
            keys = list_asked([field])
            names = [place.name for place in places if place.key in keys]
            places = [place for place in places if place.key not in keys]
            if not names:
                continue
            label = _label(field) if field.parts else ""
            description = field.description if field.parts else ""
            groups.append(Group(label, description, [self[name] for name in names], id=f"group-{field.name}"))
        return groups

    def values(self) -> dict[str, Any]:
        """Return what was filled in, by the names of the fields; without dates that are as they were shown."""
        values: dict[str, Any] = {}
        for place, field in _controls(self._asked):
            value = self.cleaned_data[place.name]
            if field.type == Type.DATE:
                if value and place.name not in self.changed_data:
                    # What is kept may say more than the field's form, such as the year.
                    continue
                value = _in_form(value, date_format_of(field.config))
            if place.parent:
                values.setdefault(place.parent, {})[field.name] = value
            else:
                values[field.name] = value
        return values

    def add_app_error(self, error: AppError, *, field: str | None) -> None:
        """Show each refused value at its control."""
        issues = error.data.get("issues", []) if isinstance(error.data, dict) else []
        shown = {issue["path"].removeprefix(_ISSUE_ROOT): issue for issue in issues}
        if not shown.keys() & self.fields.keys():
            super().add_app_error(error, field=field)
            return
        for name in shown.keys() & self.fields.keys():
            self.add_error(name, forms.ValidationError(shown[name]["message"], code=shown[name]["code"]))


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    parent: str
    is_required: bool

    @property
    def key(self) -> str:
        return self.parent or self.name


def _controls(fields: Sequence[ProfileField]) -> list[tuple[_Place, ProfileField]]:
    """Return each control that the fields need, in order; what is asked for twice has one."""
    found: list[tuple[_Place, ProfileField]] = []
    for key, field in list_asked(fields).items():
        if not field.parts:
            found.append((_Place(key, "", field.required), field))
        for part in field.parts:
            found.append((_Place(f"{key}.{part.name}", key, part in field.required_parts), part))
    return found


def _held_at(held: Answers, place: _Place) -> Any:
    if not place.parent:
        return held.get(place.name)
    parts = held.get(place.parent)
    return parts.get(place.name.rpartition(".")[2]) if isinstance(parts, Mapping) else None


def _control(field: ProfileField, held: Any, *, is_required: bool) -> forms.Field:
    label = _label(field)
    if not is_required and field.type != Type.CHECKBOX:
        label = gettext("%(label)s (optional)") % {"label": label}
    options: dict[str, Any] = {"label": label, "help_text": field.description, "required": is_required}
    options["error_messages"] = {"required": gettext("Fill in this field.")}
    attrs = {"class": "input", "autocomplete": _AUTOCOMPLETE.get(field.name, "off")}
    if placeholder := field.config.get("placeholder"):
        attrs["placeholder"] = placeholder
    match field.type:
        case Type.CHECKBOX:
            return _checkbox(field, held, options)
        case Type.SELECT:
            return _select(field, held, attrs, options)
        case Type.DATE:
            return _date(field, held, attrs, options)
        case Type.NUMBER:
            attrs |= {"type": "number", "inputmode": "decimal", "step": "any", "dir": "ltr"}
            attrs |= {name: str(field.config[key]) for name, key in _BOUNDS if key in field.config}
        case Type.URL:
            attrs |= {"type": "url", "inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        case _:
            attrs |= {"type": "text", "dir": "auto"}
    return forms.CharField(widget=forms.TextInput(attrs=attrs), initial=held, **options)


_BOUNDS = (("min", "minValue"), ("max", "maxValue"))


def _checkbox(field: ProfileField, held: Any, options: dict[str, Any]) -> forms.Field:
    ticked = field.config.get("defaultValue") == "true" if held is None else held in (True, "true")
    box = forms.BooleanField(initial=ticked, **{**options, "required": False})
    box.is_check = True  # type: ignore[attr-defined]  # for the field's template
    return box


def _select(field: ProfileField, held: Any, attrs: dict[str, str], options: dict[str, Any]) -> forms.Field:
    nothing = ("", attrs.pop("placeholder", "–"))
    choices = [(option["value"], option.get("label") or option["value"]) for option in field.config["options"]]
    # What is no option is refused by the field's own rule.
    return forms.CharField(
        widget=forms.Select(attrs=attrs, choices=[nothing, *choices]), initial=held, strip=False, **options
    )


def _date(field: ProfileField, held: Any, attrs: dict[str, str], options: dict[str, Any]) -> forms.Field:
    form, day = date_format_of(field.config), find_date(field, held)
    if is_whole(form):
        form, attrs = ISO, {**attrs, "type": "date"}
    else:
        # A browser's own control knows whole dates alone.
        attrs = {"placeholder": form, **attrs, "type": "text", "inputmode": "numeric", "dir": "ltr"}
    initial = None if day is None else write_date(day, form)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), initial=initial, **options)


def _in_form(text: str, form: str) -> str:
    """Return a date of the browser's control as the field has it; anything else stays for the field to refuse."""
    day = read_date(text, ISO) if is_whole(form) else None
    return text if day is None else write_date(day, form)


def _label(field: ProfileField) -> str:
    return field.label or _known_labels().get(field.name, field.name)


def _known_labels() -> dict[str, str]:
    """What fields with a place of their own are called if their tenant has no words for them."""
    return {
        "name": gettext("Name"),
        "nickname": gettext("Nickname"),
        "birthdate": gettext("Date of birth"),
        "gender": gettext("Gender"),
        "website": gettext("Website"),
        "fullname": gettext("Full name"),
        "givenName": gettext("First name"),
        "middleName": gettext("Middle name"),
        "familyName": gettext("Last name"),
        "address": gettext("Address"),
        "formatted": gettext("Full address"),
        "streetAddress": gettext("Street and number"),
        "locality": gettext("City"),
        "region": gettext("State or region"),
        "postalCode": gettext("Postal code"),
        "country": gettext("Country"),
    }
