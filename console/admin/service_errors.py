"""A service's refusal, shown where the developer can mend it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from common.errors import AppError

_ATTRIBUTE = "console_service_error"


def remember_error(request: HttpRequest, error: AppError) -> None:
    """Keep a refusal for the form that the request is about to show again."""
    setattr(request, _ATTRIBUTE, error)


def remembered_error(request: HttpRequest) -> AppError | None:
    """Return the refusal of this request's first attempt, if there was one."""
    error: AppError | None = getattr(request, _ATTRIBUTE, None)
    return error


def explain(error: AppError) -> str:
    """Return a refusal in words: its message, what the service says about the value, and the reason it gives."""
    issues = error.data.get("issues") if isinstance(error.data, dict) else None
    parts = [issue["message"] for issue in issues or [] if issue.get("message")]
    if isinstance(error.data, dict) and isinstance(error.data.get("message"), str):
        parts.append(error.data["message"])
    if isinstance(error.details, str) and not issues:
        # Of issues it tells the same once more, with their paths.
        parts.append(error.details)
    return " ".join(dict.fromkeys([*parts] if issues else [error.message, *parts]))


def field_of(error: AppError, fields: Mapping[str, str]) -> str | None:
    """Return the form field that a refusal is about.

    `fields` maps codes, codes with the identifier they are about, and beginnings of the wire paths that
    `guard.invalid_input` names, to form fields.
    """
    data = error.data if isinstance(error.data, dict) else {}
    issues = data.get("issues")
    for path in [issue.get("path", "") for issue in issues or []]:
        for start, field in fields.items():
            if path == start or path.startswith(f"{start}."):
                return field
    return fields.get(f"{error.code}:{data.get('identifier')}") or fields.get(error.code)


def _messages(error: AppError, value: Any) -> list[str]:
    """What to say at the field: for a list, each line that is refused with its own reason."""
    issues = error.data.get("issues") if isinstance(error.data, dict) else None
    said = []
    for issue in issues or []:
        place = issue.get("path", "").rpartition(".")[2]
        if isinstance(value, list) and place.isdigit() and int(place) < len(value):
            said.append(f"{value[int(place)]}: {issue['message']}")
    return said or [explain(error)]


def show_error(form: forms.BaseForm, error: AppError, fields: Mapping[str, str]) -> None:
    """Add a refusal to a checked form, at the field that it is about if the form has that; see `field_of`."""
    field = field_of(error, fields)
    for said in _messages(error, form.cleaned_data.get(field or "")):
        form.add_error(field if field in form.fields else None, said)


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A form whose save is a service. A refusal of the first attempt makes it invalid, so that it is shown again."""

    service_error: AppError | None = None
    error_fields: Mapping[str, str] = {}
    # Chosen when the object was made; shown, and locked.
    fixed_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fixed_fields:
            if name in self.fields:
                self.fields[name].disabled = True

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.service_error is not None and not self.errors:
            show_error(self, self.service_error, self.error_fields)

    def _get_validation_exclusions(self) -> set[str]:
        # Uniqueness is the database's to decide and the service's to word.
        return {field.name for field in self._meta.model._meta.fields}

    @property
    def changes(self) -> dict[str, Any]:
        """The values that the developer changed, by field."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
