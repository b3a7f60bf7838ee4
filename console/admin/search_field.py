"""A field for rows of a list that may be long: they are found by typing."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model
from django.forms import ModelChoiceField, ModelMultipleChoiceField

from console.site import site

_ATTRIBUTES = {"class": "unfold-admin-autocomplete", "data-placeholder": "…"}


class _Search:
    """`model` and `source` name a foreign key: what it leads to is searched, by that area's rules."""

    source: Any

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # Rows can be asked for in a tenant alone, so not before a form is made.
        copied = super().__deepcopy__(memo)  # type: ignore[misc]
        copied.queryset = self.source.remote_field.model.objects.all()
        return copied


class SearchField(_Search, ModelMultipleChoiceField):
    """Several rows."""

    def __init__(self, model: type[Model], source: str, **options: Any) -> None:
        self.source = model._meta.get_field(source)
        widget = AutocompleteSelectMultiple(self.source, site, attrs=dict(_ATTRIBUTES))
        super().__init__(queryset=None, required=False, widget=widget, **options)


class SearchOneField(_Search, ModelChoiceField):
    """One row, or none."""

    def __init__(self, model: type[Model], source: str, **options: Any) -> None:
        self.source = model._meta.get_field(source)
        widget = AutocompleteSelect(self.source, site, attrs=dict(_ATTRIBUTES))
        super().__init__(queryset=None, required=False, widget=widget, **options)
