"""Filters of lists, labeled by what they are about: `Status`, then the choices."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.contrib.filters.admin import ChoicesRadioFilter, DropdownFilter
from unfold.contrib.filters.admin import TextFilter as ThemeTextFilter


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
