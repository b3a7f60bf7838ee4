"""Rows of a parent object, each written by a service."""

from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest
from unfold.admin import TabularInline

from console.admin.permissions import RolePermissions


class ConsoleInline(RolePermissions, TabularInline):
    """Rows of a parent, added, changed and removed by services."""

    extra = 0
    tab = True
    show_change_link = False
    view_on_site = False
    fk_name: str | None = None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Rows pick what exists; a window to make another is one too many.
            field.widget = field.widget.widget
        return field

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        """Add one through its service."""
        raise NotImplementedError

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        """Change one through its service; `values` are those of the form."""
        raise NotImplementedError

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        """Remove one through its service."""
        raise NotImplementedError

    def save_rows(self, request: HttpRequest, parent: Any, formset: Any) -> None:
        """Bring what the developer did to the rows to the services: removals, changes, additions."""
        removed = formset.deleted_forms if formset.can_delete else []
        for form in formset.initial_forms:
            if form in removed:
                self.remove_row(request, parent, form.instance)
        for form in formset.initial_forms:
            if form not in removed and form.has_changed():
                self.change_row(request, parent, form.instance, form.cleaned_data)
        for form in formset.extra_forms:
            if form not in removed and form.has_changed():
                self.add_row(request, parent, form.cleaned_data)
