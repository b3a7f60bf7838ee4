"""A field for rows of a list that may be long: they are found by typing."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.utils.translation import gettext as _

from console.admin.pickers import Picker
from console.site import site


class _Inviting(Picker):
    """An empty box would look like a place to type, and have no name for a screen reader."""

    def build_attrs(self, *args: Any, **options: Any) -> dict[str, Any]:
        attributes: dict[str, Any] = super().build_attrs(*args, **options)
        return {**attributes, "data-placeholder": _("Search …")}


class SearchOne(_Inviting, AutocompleteSelect):
    """A list of which one row is chosen."""


class _SearchSeveral(_Inviting, AutocompleteSelectMultiple):
    pass


class _Search:
    """`model` and `source` name a foreign key: what it leads to is searched, by that area's rules."""

    source: Any

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # Rows can be asked for in a tenant alone, so not before a form is made.
        copied = super().__deepcopy__(memo)  # type: ignore[misc]
        copied.queryset = self.source.remote_field.model.objects.all()
        return copied


class SearchField(_Search, ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Several rows."""

    def __init__(self, model: type[Model], source: str, **options: Any) -> None:
        self.source = model._meta.get_field(source)
        widget = _SearchSeveral(self.source, site)
        super().__init__(queryset=None, required=False, widget=widget, **options)


class SearchOneField(_Search, ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One row, or none."""

    def __init__(self, model: type[Model], source: str, **options: Any) -> None:
        self.source = model._meta.get_field(source)
        widget = SearchOne(self.source, site)
        super().__init__(queryset=None, required=False, widget=widget, **options)
