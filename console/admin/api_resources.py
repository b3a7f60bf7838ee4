"""API resources and their permissions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.management import is_management_api
from access.models import Resource, Scope, TokenHeaderType
from access.services.resources import create_resource, delete_resource, set_default_resource, update_resource
from access.services.scopes import create_scope, delete_scope, update_scope
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, tags
from console.admin.fields import number, select, switch, text
from console.admin.inlines import ConsoleInline
from console.admin.service_errors import ServiceForm
from console.site import site


class ResourceForm(ServiceForm):
    """An API: its name, its identifier, the lifetime of its tokens."""

    name = text(label=_("Name"), placeholder=_("Billing API"), required=True)
    indicator = text(
        label=_("Identifier"),
        placeholder="https://api.example.com",
        help_text=_("An absolute URI: the audience of the API's tokens. It never changes and need not be reachable."),
        required=True,
    )
    access_token_ttl = number(label=_("Access token lifetime"), help_text=_("Seconds."), minimum=1, required=True)
    access_token_header_type = select(
        label=_("Access token type"),
        choices=TokenHeaderType.choices,
        initial=TokenHeaderType.AT_JWT,
        required=True,
        help_text=_(
            "The typ in the header of the API's tokens. at+jwt (RFC 9068) is safer: no other token can be taken for an "
            "access token. Choose JWT if the API's library refuses at+jwt."
        ),
    )
    is_default = switch(
        label=_("Default API"),
        help_text=_("Clients that name no resource get tokens for this API. There is one at most."),
    )

    class Meta:
        model = Resource
        fields = ("name", "indicator", "access_token_ttl", "access_token_header_type", "is_default")


class ScopeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A permission."""

    name = text(label=_("Permission"), placeholder="read:invoices", required=True)
    description = text(label=_("Description"), placeholder=_("Read invoices"))


class ScopeInline(ConsoleInline):
    """The permissions of an API."""

    model = Scope
    form = ScopeForm
    verbose_name_plural = _("permissions")
    fields = ("name", "description")
    hide_title = True
    tab = False
    per_page = 50
    ordering = ("created_at", "id")

    def _is_open(self, resource: Resource | None) -> bool:
        return resource is None or not is_management_api(resource)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self._is_open(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_open(obj)

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        create_scope(parent, name=values["name"], description=values["description"] or None, actor=actor_of(request))

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        stored = Scope.objects.select_related("resource").get(pk=row.pk)
        update_scope(stored, name=values["name"], description=values["description"] or None, actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        delete_scope(Scope.objects.select_related("resource").get(pk=row.pk), actor=actor_of(request))


@admin.register(Resource, site=site)
class ResourceAdmin(ConsoleModelAdmin):
    """The APIs that tokens are issued for."""

    form = ResourceForm
    error_fields = {
        "indicator": "indicator",
        "resource.resource_identifier_in_use": "indicator",
        "accessTokenTtl": "access_token_ttl",
        "accessTokenHeaderType": "access_token_header_type",
    }
    intro = _("The APIs your applications call. Each has an identifier, the audience of its tokens, and permissions.")
    icon = "api"
    list_display = ("name", "identifier", "permissions", "flags")
    search_fields = ("name", "indicator", "id")
    ordering = ("created_at", "id")
    fields = ("name", "indicator", "access_token_ttl", "access_token_header_type", "is_default")
    fixed_fields = ("indicator",)
    inlines = (ScopeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resource]:
        resources: QuerySet[Resource] = super().get_queryset(request)
        return resources.annotate(scope_count=Count("scopes"))

    @display(description=_("Identifier"), ordering="indicator")
    def identifier(self, resource: Resource) -> SafeString:
        return copyable(resource.indicator)

    @display(description=_("Permissions"))
    def permissions(self, resource: Any) -> int:
        return int(resource.scope_count)

    @display(description=_("Marks"))
    def flags(self, resource: Resource) -> SafeString | str:
        names = [_("default")] if resource.is_default else []
        return tags([*names, _("built in")] if is_management_api(resource) else names, empty="")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = not isinstance(obj, Resource) or not is_management_api(obj)
        return bool(super().has_change_permission(request, obj) and is_open)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = not isinstance(obj, Resource) or not is_management_api(obj)
        return bool(super().has_delete_permission(request, obj) and is_open)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"access_token_ttl": 3600, "access_token_header_type": TokenHeaderType.AT_JWT}

    def create(self, request: HttpRequest, form: Any) -> Resource:
        values, actor = form.cleaned_data, actor_of(request)
        resource = create_resource(
            name=values["name"],
            indicator=values["indicator"],
            access_token_ttl=values["access_token_ttl"],
            access_token_header_type=values["access_token_header_type"],
            actor=actor,
        )
        return set_default_resource(resource, is_default=True, actor=actor) if values["is_default"] else resource

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes, actor = form.changes, actor_of(request)
        is_default = changes.pop("is_default", None)
        if changes:
            update_resource(entity, **changes, actor=actor)
        if is_default is not None:
            set_default_resource(entity, is_default=is_default, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_resource(entity, actor=actor_of(request))
