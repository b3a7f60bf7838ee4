"""Profile fields: what the tenant collects about its users, and in which order."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.errors import AppError
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.ordered_field import OrderedChoice, SortedField
from console.admin.service_errors import explain
from console.profile_fields.form import ERROR_FIELDS, form_of, sections
from console.profile_fields.kinds import KINDS, NAMES
from console.site import site
from experience.models import CustomProfileField
from experience.profile_fields.catalog import list_profile_fields
from experience.profile_fields.names import BUILT_IN_NAMES
from experience.services.extra_profile import list_asked_fields
from experience.services.profile_fields import (
    create_profile_fields,
    delete_profile_field,
    reorder_profile_fields,
    update_profile_field,
)

_LIST = "admin:experience_customprofilefield_changelist"


def field_choices() -> list[OrderedChoice]:
    """Return the catalog as a list to choose from or to sort."""
    return [
        OrderedChoice(
            value=field.name, title=field.label or field.name, note=field.name, look={"icon": KINDS[field.type].icon}
        )
        for field in list_profile_fields()
    ]


class OrderForm(forms.Form):
    """The catalog, to be sorted."""

    order = SortedField(label=_("Order"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        order: Any = self.fields["order"]
        order.offer(field_choices())


@admin.register(CustomProfileField, site=site)
class ProfileFieldAdmin(ConsoleModelAdmin):
    """The catalog. A field keeps its name and its type."""

    error_fields = ERROR_FIELDS
    fixed_fields = ("place", "key")
    change_list_template = "console/profile_fields.html"
    intro = _("What you want to know of your users besides their username, email address and phone number.")
    icon = "contact_page"
    list_display = ("shown_label", "kept_as", "kind", "is_asked")
    ordering = ("sie_order", "created_at", "id")

    # --- the list ----------------------------------------------------------------------------------------------------
    @display(description=_("Field"))
    def shown_label(self, field: CustomProfileField) -> str:
        return field.label or field.name

    @display(description=_("Kept as"))
    def kept_as(self, field: CustomProfileField) -> Any:
        return NAMES[field.name] if field.name in BUILT_IN_NAMES else f"customData.{field.name}"

    @display(description=_("Type"))
    def kind(self, field: CustomProfileField) -> Any:
        return KINDS[field.type].title

    @display(description=_("Asked at sign-up"))
    def is_asked(self, field: CustomProfileField) -> Any:
        if not any(asked.name == field.name for asked in list_asked_fields()):
            return _("no")
        return _("required") if field.required else _("optional")

    # --- forms -------------------------------------------------------------------------------------------------------
    def _kind(self, request: HttpRequest, field: CustomProfileField | None) -> str:
        """The type of the form; empty where none has been chosen yet."""
        chosen = field.type if field else request.GET.get("type", "")
        return chosen if chosen in KINDS else ""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        options["form"] = form_of(self._kind(request, obj))
        return super().get_form(request, obj, change=change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: CustomProfileField | None = None) -> Any:
        return sections(self._kind(request, obj))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kind = self._kind(request, None)
        if not kind:
            return self._choose_type(request)
        title = {"title": _("New profile field: %s") % KINDS[kind].title}
        response: HttpResponse = super().add_view(request, form_url, {**title, **(extra_context or {})})
        return response

    def _choose_type(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        choices = [
            {"name": kind.title, "text": kind.text, "icon": kind.icon, "link": f"?type={name}"}
            for name, kind in KINDS.items()
        ]
        title = _("What do you want to know?")
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "choices": choices}
        return TemplateResponse(request, "console/choose.html", context)

    # --- writing -----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any) -> CustomProfileField:
        given = [(form.name(form.cleaned_data), form.row())]
        return create_profile_fields(given, actor=actor_of(request))[0]

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        update_profile_field(entity.name, form.row(), actor=actor_of(request))

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_profile_field(entity.name, actor=actor_of(request))

    # --- order -------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self._order)
        return [path("order/", view, name="experience_customprofilefield_order"), *super().get_urls()]

    def _order(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = OrderForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            places = [(name, place) for place, name in enumerate(form.cleaned_data["order"], start=1)]
            try:
                reorder_profile_fields(places, actor=actor_of(request))
            except AppError as error:
                messages.error(request, explain(error))
            else:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse(_LIST))
        context = {**self.admin_site.each_context(request), "title": _("Order of profile fields"), "form": form}
        return TemplateResponse(request, "console/profile_field_order.html", {**context, "opts": self.opts})
