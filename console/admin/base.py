"""The base of every area: permissions by role, writes by services, the tenant's audit log."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import flatten_fieldsets, quote
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from common.errors import AppError
from common.totals import COUNT_CAP, total_of
from console.admin.deletion import describe_losses
from console.admin.fields import lock
from console.admin.object_actions import ObjectActions
from console.admin.permissions import RolePermissions
from console.admin.service_errors import ServiceForm, explain, remember_error, remembered_error
from console.one_time_display import take_once


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Counts no further than anybody pages: a list of a million costs what one of ten thousand does."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return min(total_of(rows).number, COUNT_CAP)


class ConsoleChangeList(ChangeList):
    """Says how many were found only where something was searched or filtered."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


def _word(formset: Any) -> None:
    """Say "Add member" under the rows: Django's "Add another" is wrong above none."""
    data = json.loads(formset.inline_formset_data())
    data["options"]["addText"] = _("Add %(name)s") % {"name": formset.opts.verbose_name}
    formset.inline_formset_data = json.dumps(data)


class ConsoleModelAdmin(RolePermissions, ObjectActions, ModelAdmin):
    """An area of the console. Subclasses say which services create, update and delete."""

    form = ServiceForm
    actions = None
    paginator = CappedPaginator
    list_per_page = 25
    show_full_result_count = False
    # Counting the rows behind every filter's choices costs as much as the rows.
    show_facets = ShowFacets.NEVER
    warn_unsaved_form = True
    view_on_site = False
    change_form_template = "console/change_form.html"
    change_list_template = "console/change_list.html"
    delete_confirmation_template = "console/delete.html"
    # What the list is for, said above it and if it is empty.
    intro: str | Promise = ""
    icon = "inbox"
    # A template between the buttons and the form, about the object.
    card_template: str | None = None
    # Codes and wire paths of refusals, and the form fields they are about.
    error_fields: ClassVar[Mapping[str, str]] = {}
    # Fields that are chosen when an object is made and never change.
    fixed_fields: tuple[str, ...] = ()

    # --- what subclasses say -----------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: ServiceForm) -> Model:
        """Create through the service and return what it made."""
        raise NotImplementedError

    def update(self, request: HttpRequest, entity: Any, form: ServiceForm) -> None:
        """Change `entity`, as it is stored, through the service."""
        raise NotImplementedError

    def delete(self, request: HttpRequest, entity: Any) -> None:
        """Delete through the service."""
        raise NotImplementedError

    # --- saving ------------------------------------------------------------------------------------------------------
    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super()._changeform_view(request, object_id, form_url, extra_context)
                return response
        except AppError as error:
            # Nothing is written; the same input is shown again with the refusal on it.
            remember_error(request, error)
            response = super()._changeform_view(request, object_id, form_url, extra_context)
            return response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        values = {
            "service_error": remembered_error(request),
            "error_fields": self.error_fields,
            "fixed_fields": () if obj is None else self.fixed_fields,
        }
        return type(form.__name__, (form,), values)

    def save_model(self, request: HttpRequest, obj: Model, form: ServiceForm, change: bool) -> None:
        if not change:
            stored = self.create(request, form)
        elif form.changed_data:
            # The form has written to its own instance; the service compares with what is stored.
            stored = self.get_queryset(request).get(pk=obj.pk)
            self.update(request, stored, form)
        else:
            return
        obj.__dict__.update(stored.__dict__)

    def save_related(self, request: HttpRequest, form: ServiceForm, formsets: Iterable[Any], change: bool) -> None:
        for formset in formsets:
            inline = next(
                row for row in self.get_inline_instances(request, form.instance) if row.model == formset.model
            )
            inline.save_rows(request, form.instance, formset)

    # --- deleting ----------------------------------------------------------------------------------------------------
    def _delete_view(self, request: HttpRequest, object_id: str, extra_context: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super()._delete_view(request, object_id, extra_context)
                return response
        except AppError as error:
            self.message_user(request, explain(error), messages.ERROR)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        # What hangs on it may be a million rows, which Django would load one by one: `deletion` counts them.
        return [], {}, set(), []

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        response: HttpResponse = super().render_delete_form(
            request, {**context, "losses": describe_losses(context["object"])}
        )
        return response

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        told = _("%(name)s “%(entity)s” was deleted.") % {
            "name": capfirst(self.opts.verbose_name),
            "entity": obj_display,
        }
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    # The services say what happened.
    def construct_change_message(self, *args: Any, **options: Any) -> list[str]:
        """Say nothing: Django's own would look for rows that the services have written."""
        return []

    def log_addition(self, *args: Any) -> None:
        """Write nothing."""

    def log_change(self, *args: Any) -> None:
        """Write nothing."""

    def log_deletions(self, *args: Any) -> None:
        """Write nothing."""

    # --- pages -------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        return [url for url in super().get_urls() if not (url.name or "").endswith("_history")]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> HttpResponse:
        entity = options.get("obj")
        if entity is not None and not self.has_change_permission(request, entity):
            context["adminform"] = self._locked_form(request, entity)
            context["show_save"] = False
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        context["object_actions"] = self.offered_actions(request, entity)
        context["once"] = take_once(request, about=str(entity.pk)) if entity is not None else None
        context["card_template"] = self.card_template if entity is not None else None
        context["card"] = self.card(request, entity) if entity is not None else {}
        response: HttpResponse = super().render_change_form(request, context, **options)
        return response

    def _locked_form(self, request: HttpRequest, entity: Any) -> AdminForm:
        """The form with its values, locked: what Django shows instead knows the model's fields alone."""
        fieldsets = self.get_fieldsets(request, entity)
        form = self.get_form(request, entity, fields=flatten_fieldsets(fieldsets))(instance=entity)
        lock(form)
        return AdminForm(form, list(fieldsets), {}, self.get_readonly_fields(request, entity), model_admin=self)

    def get_inline_formsets(self, request: HttpRequest, formsets: Any, inlines: Any, obj: Any = None) -> list[Any]:
        rows: list[Any] = super().get_inline_formsets(request, formsets, inlines, obj)
        for formset in rows:
            _word(formset)
            # Rows that may be removed, though not changed, stay as they are: a locked field is not sent.
            if not (formset.has_change_permission or formset.has_delete_permission):
                for form in formset.formset.forms:
                    lock(form)
                formset.has_change_permission = True
        return rows

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        """Return what `card_template` shows as `card`."""
        return {}

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return ConsoleChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"intro": self.intro, "empty_icon": self.icon, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, shown)
        return response

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the new object's own page: there is more to set up, or to copy."""
        if "_popup" in request.POST:
            response: HttpResponse = super().response_add(request, obj, post_url_continue)
            return response
        told = _("%(name)s “%(entity)s” was created.") % {"name": capfirst(self.opts.verbose_name), "entity": obj}
        self.message_user(request, told, messages.SUCCESS)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[quote(obj.pk)]))

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Stay on the page; what was saved is seen there."""
        if "_popup" in request.POST:
            response: HttpResponse = super().response_change(request, obj)
            return response
        self.message_user(request, _("Saved."), messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())
