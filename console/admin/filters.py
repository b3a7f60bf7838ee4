"""Filters of lists, labeled by what they are about: `Status`, then the choices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.contrib.filters.admin import ChoicesRadioFilter, DropdownFilter
from unfold.contrib.filters.admin import TextFilter as ThemeTextFilter
from unfold.contrib.filters.forms import SearchForm

# `2026-11-30T09:15`, with seconds and their parts at most.
_LONGEST_MOMENT = 26


class _Labeled:
    """Names the control; the theme says "By status"."""

    title: Any

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):  # type: ignore[misc]  # a mixin of filters
            for field in choice["form"].fields.values():
                field.label = capfirst(str(self.title))
            yield choice


class ChoiceFilter(_Labeled, DropdownFilter):
    """One of a few values that the subclass names."""


class TypeFilter(_Labeled, ChoicesRadioFilter):
    """One of the choices of a field of the model."""


class ExactFilter(_Labeled, ThemeTextFilter):
    """Rows with exactly this value, which an index finds."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.parameter_name: self.value().strip()}) if self.value() else queryset


class _MomentForm(SearchForm):
    """A day and a time, picked in the browser's own calendar."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(name, *args, **kwargs)
        self.fields[name].widget.input_type = "datetime-local"


class MomentFilter(_Labeled, ThemeTextFilter):
    """Rows before or after a moment, in UTC."""

    form_class = _MomentForm
    #: How the moment is compared: `created_at__gte`.
    lookup: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        try:
            moment = datetime.fromisoformat(self.value()[:_LONGEST_MOMENT])
            return queryset.filter(**{self.lookup: moment.replace(tzinfo=UTC)})
        except ValueError:
            raise IncorrectLookupParameters from None
