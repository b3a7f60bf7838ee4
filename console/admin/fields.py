"""Form fields of the console, dressed in the theme's widgets."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Widget
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.web_addresses import MAX_ADDRESS_LENGTH, is_web_address
from console.admin.pickers import Picker


def validate_address(value: str) -> None:
    """Raises `ValidationError` for what is no http(s) address."""
    if not is_web_address(value):
        raise ValidationError(_("This is not an http(s) address."), code="invalid")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, *, rows: int = 3, placeholder: str = "", **options: Any) -> None:
        options.setdefault("required", False)
        attrs = {"rows": rows, "placeholder": placeholder, "spellcheck": "false", "class": "gh-mono"}
        super().__init__(widget=widgets.UnfoldAdminTextareaWidget(attrs=attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """What a line may be is the service's rule."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class JsonObjectField(forms.JSONField):
    """A JSON object, shown indented."""

    def __init__(self, *, rows: int = 6, **options: Any) -> None:
        options.setdefault("required", False)
        attrs = {"rows": rows, "spellcheck": "false", "class": "gh-mono"}
        super().__init__(widget=widgets.UnfoldAdminTextareaWidget(attrs=attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value or {}, indent=2, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned is None:
            return {}
        if not isinstance(cleaned, dict):
            raise ValidationError(_("This must be a JSON object."), code="invalid")
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return json.loads(data or "{}") != (initial or {})
        except ValueError:
            return True


class JsonField(JsonObjectField):
    """Any JSON value, shown indented."""

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        return forms.JSONField.clean(self, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((json.loads(data) if data else None) != initial)
        except ValueError:
            return True


class _PickWidget(Picker, widgets.UnfoldAdminSelect2MultipleWidget):
    """An empty box would look like a place to type."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        said = _("Choose …") if any(True for _choice in self.choices) else _("There is nothing to choose yet")
        context: dict[str, Any] = super().get_context(name, value, {"data-placeholder": said, **(attrs or {})})
        return context


class PickField(forms.MultipleChoiceField):
    """Several out of a list, searchable; the form says which there are."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(widget=_PickWidget(), **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or ()) != set(data or ())


class ShownText(Widget):
    """The name of what a row is about, where it cannot be changed."""

    def __init__(self, text: str, link: str | None = None) -> None:
        super().__init__()
        self.text, self.link = text, link

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if self.link:
            return format_html('<a class="gh-link" href="{}">{}</a>', self.link, self.text)
        return format_html("<span>{}</span>", self.text)


def lock(form: forms.BaseForm) -> None:
    """Show a form's values and let nobody change them."""
    for field in form.fields.values():
        field.disabled = True


def text(*, label: Any, placeholder: Any = "", help_text: Any = "", **options: Any) -> forms.CharField:
    """Return a one-line text field."""
    options.setdefault("required", False)
    widget = widgets.UnfoldAdminTextInputWidget(attrs={"placeholder": placeholder})
    return forms.CharField(label=label, help_text=help_text, widget=widget, **options)


def address(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for an http(s) address."""
    options: dict[str, Any] = {"max_length": MAX_ADDRESS_LENGTH, "validators": [validate_address]}
    return text(label=label, help_text=help_text, placeholder="https://", **options)


def number(*, label: Any, help_text: Any = "", minimum: int = 0, **options: Any) -> forms.IntegerField:
    """Return a field for a whole number."""
    options.setdefault("required", False)
    widget = widgets.UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(label=label, help_text=help_text, min_value=minimum, widget=widget, **options)


def switch(*, label: Any, help_text: Any = "", **options: Any) -> forms.BooleanField:
    """Return an on-off field."""
    widget = widgets.UnfoldBooleanSwitchWidget()
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget, **options)


def select(*, label: Any, choices: Any = (), help_text: Any = "", **options: Any) -> forms.ChoiceField:
    """Return a field for one of a few choices."""
    options.setdefault("required", False)
    widget = widgets.UnfoldAdminSelectWidget()
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, widget=widget, **options)


def checks(*, label: Any, choices: Any = (), help_text: Any = "") -> forms.MultipleChoiceField:
    """Return a field for several of a few choices, all of them in sight."""
    widget = widgets.UnfoldAdminCheckboxSelectMultipleWidget()
    return forms.MultipleChoiceField(label=label, choices=choices, help_text=help_text, required=False, widget=widget)
