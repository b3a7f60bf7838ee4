"""Applications, their secrets, and their places in organizations."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.management import management_api_indicator
from applications.models import Application, ApplicationSecret
from applications.models.application import ApplicationType
from applications.services.access_control import replace_access_rules
from applications.services.applications import create_application, delete_application, update_application
from applications.services.roles import replace_application_roles
from applications.services.saml_applications import delete_saml_application
from applications.services.secrets import reveal_secret
from console.access import actor_of, current_access
from console.admin.application_access import FIELDS as ACCESS_FIELDS
from console.admin.application_access import RULE_FIELDS
from console.admin.application_forms import ERROR_FIELDS, ApplicationForm
from console.admin.application_registration import RegisteredFilter, self_declared_metadata
from console.admin.application_security import security_fields
from console.admin.application_start import start_of
from console.admin.application_third_party import CONSENT_FIELDS, PRESENTATION_FIELDS, change_third_party
from console.admin.application_types import CARDS, find_card
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, moment, tags
from console.admin.filters import TypeFilter
from console.admin.look_fields import LOOK_DESCRIPTION, LOOK_FIELDS
from console.admin.organization_access import ApplicationOrganizationInline
from console.admin.saml_applications import (
    SamlApplicationForm,
    addresses_of,
    create_from_form,
    fieldsets_of,
    update_from_form,
)
from console.admin.saml_certificates import CertificateInline, download_certificate
from console.admin.secrets import SecretInline, area_of_application
from console.dashboard import endpoints_of
from console.policies import Area, may_change
from console.site import site
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant

_MACHINE = ApplicationType.MACHINE_TO_MACHINE
_SAML = ApplicationType.SAML


def type_name(application: Application) -> str:
    """The type as the console words it."""
    card = find_card(application.type)
    return str(card.name) if card else application.get_type_display()


def is_device_flow(application: Application) -> bool:
    """Whether its users sign in on another device."""
    return bool(application.custom_client_metadata.get("isDeviceFlow"))


def badges_of(application: Application) -> list[str]:
    """What was chosen at its creation in addition to the type."""
    marks = (
        (application.is_third_party, _("Third-party")),
        (application.registered_itself, _("Registered itself")),
        (is_device_flow(application), _("Device flow")),
    )
    return [str(label) for holds, label in marks if holds]


def _in_tabs(fieldsets: list[Any]) -> list[Any]:
    """Put the named sections side by side; the one without a name stays above them."""
    return [(name, {**section, "classes": ["tab"]} if name else section) for name, section in fieldsets]


@admin.register(Application, site=site)
class ApplicationAdmin(ConsoleModelAdmin):
    """Clients of the provider."""

    form = ApplicationForm
    error_fields = ERROR_FIELDS
    intro = _(
        "Web, single-page, native, machine-to-machine and SAML applications that sign users in or call your APIs."
    )
    icon = "apps"
    card_template = "console/cards/application.html"
    list_display = ("name", "kind", "client", "created")
    list_filter = (("type", TypeFilter), RegisteredFilter)
    search_fields = ("name", "id")
    ordering = ("-created_at", "-id")

    def area_of(self, obj: Application | None) -> Area:
        return area_of_application(obj)

    @display(description=_("Type"), ordering="type")
    def kind(self, application: Application) -> SafeString:
        return format_html("{} {}", type_name(application), tags(badges_of(application), empty=""))

    @display(description=_("App id"))
    def client(self, application: Application) -> SafeString:
        return copyable(application.id)

    @display(description=_("Created"), ordering="created_at")
    def created(self, application: Application) -> SafeString | str:
        return moment(application.created_at)

    # --- forms -------------------------------------------------------------------------------------------------------
    def _type_of(self, request: HttpRequest, application: Application | None) -> str | None:
        return application.type if application else request.GET.get("type")

    def get_fieldsets(self, request: HttpRequest, obj: Application | None = None) -> Any:
        type = self._type_of(request, obj)
        if type == _SAML:
            return fieldsets_of(obj)
        general = (None, {"fields": ["name", "description"]})
        if type == _MACHINE:
            general[1]["fields"].append("role_ids")
            if obj is None:
                return [general]
            tokens = (_("Tokens"), {"fields": ["allow_token_exchange"]})
            return _in_tabs([general, tokens, self._security(obj), (_("Custom data"), {"fields": ["custom_data"]})])
        uris = (_("Redirects"), {"fields": ["redirect_uris_", "post_logout_uris", "cors_origins"]})
        if obj is None:
            uris[1]["fields"].remove("cors_origins")
            general[1]["fields"] += ["id_token_algorithm", "third_party"]
            if type == ApplicationType.NATIVE:
                general[1]["fields"].append("device_flow")
            return [general, uris]
        if is_device_flow(obj):
            uris[1]["fields"].remove("redirect_uris_")
        names = [
            "rotate_refresh_token",
            "always_issue_refresh_token",
            "refresh_token_days",
            "id_token_ttl",
            "max_grants",
        ]
        if type == ApplicationType.SPA:
            names.remove("rotate_refresh_token")
        if type == ApplicationType.NATIVE:
            names.remove("always_issue_refresh_token")
        if not obj.is_third_party:
            names.append("allow_token_exchange")
        third_party = [
            (_("Permissions"), {"fields": list(CONSENT_FIELDS), "description": _("What it may ask users for.")}),
            (_("Presentation"), {"fields": list(PRESENTATION_FIELDS), "description": _("What users see of it.")}),
        ]
        look = (_("Branding"), {"fields": list(LOOK_FIELDS), "description": LOOK_DESCRIPTION})
        return _in_tabs(
            [
                general,
                uris,
                *(third_party if obj.is_third_party else []),
                *([] if obj.is_third_party else [look]),
                (_("Tokens"), {"fields": names}),
                self._security(obj),
                (_("Signing out"), {"fields": ["backchannel_uri", "backchannel_session"]}),
                (_("Access"), {"fields": list(ACCESS_FIELDS)}),
                (_("Custom data"), {"fields": ["custom_data"]}),
            ]
        )

    def _security(self, application: Application) -> Any:
        fields = security_fields(
            is_confidential=application.is_confidential,
            signs_people_in=application.type != _MACHINE and not is_device_flow(application),
        )
        return (_("Security"), {"fields": fields, "description": _("Most applications need nothing of this.")})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if self._type_of(request, obj) == _SAML:
            options["form"] = SamlApplicationForm
        form = super().get_form(request, obj, change=change, **options)
        shown = options.get("fields")
        if shown is None:
            return form
        # A switch that is not on the page would read as switched off.
        return type(form.__name__, (form,), {name: None for name in form.base_fields if name not in shown})

    def get_inlines(self, request: HttpRequest, obj: Application | None) -> list[Any]:
        if obj is None or not obj.is_confidential:
            return []
        if obj.type == _SAML:
            return [CertificateInline]
        return [SecretInline, ApplicationOrganizationInline] if obj.type == _MACHINE else [SecretInline]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        card = find_card(request.GET.get("type"))
        if card is None:
            return self._choose_type(request)
        if card.type == _MACHINE and not may_change(current_access(request), Area.MACHINES):
            raise PermissionDenied
        title = {"title": _("New application: %s") % card.name}
        response: HttpResponse = super().add_view(request, form_url, {**title, **(extra_context or {})})
        return response

    def _choose_type(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("What are you building?"),
            "opts": self.opts,
            "choices": [
                {
                    "name": card.name,
                    "text": card.text,
                    "note": card.examples,
                    "icon": card.icon,
                    "link": f"?type={card.type}",
                }
                for card in CARDS
                if card.type != _MACHINE or may_change(current_access(request), Area.MACHINES)
            ],
        }
        return TemplateResponse(request, "console/choose.html", context)

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        traces = f"{reverse('admin:sign_in_traces')}?application={entity.pk}"
        if entity.type == _SAML:
            origin = origin_of_tenant(current_tenant_id())
            return {"rows": addresses_of(entity, origin), "kind": type_name(entity), "marks": [], "traces": traces}
        rows = [(_("App id"), entity.id), *endpoints_of(current_tenant_id())]
        if entity.type == _MACHINE:
            rows.append((_("Management API"), management_api_indicator(current_tenant_id())))
        preview = f"{origin_of_tenant(current_tenant_id())}/device-demo-app" if is_device_flow(entity) else ""
        said = self_declared_metadata(entity) if entity.registered_itself else []
        return {
            "rows": rows,
            "kind": type_name(entity),
            "marks": badges_of(entity),
            "said": said,
            "device_preview": preview,
            "traces": "" if entity.type == _MACHINE else traces,
        }

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> HttpResponse:
        application: Application | None = options.get("obj")
        if application is not None and application.type != _SAML:
            may_reveal = self.has_change_permission(request, application)
            context["start"] = start_of(application, may_reveal=may_reveal)
        return super().render_change_form(request, context, **options)

    # --- services ----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any) -> Application:
        if isinstance(form, SamlApplicationForm):
            return create_from_form(form, actor=actor_of(request))
        application = create_application(
            name=form.cleaned_data["name"],
            type=str(self._type_of(request, None)),
            description=form.cleaned_data["description"] or None,
            is_third_party=form.cleaned_data.get("third_party", False),
            **form.metadata(),
            actor=actor_of(request),
        )
        if form.cleaned_data.get("role_ids"):
            replace_application_roles(application, role_ids=form.cleaned_data["role_ids"], actor=actor_of(request))
        return application

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        actor = actor_of(request)
        values = form.cleaned_data
        if isinstance(form, SamlApplicationForm):
            update_from_form(entity, form, actor=actor)
        elif "access_controlled" in form.changed_data:
            update_application(entity, app_level_access_control_enabled=values["access_controlled"], actor=actor)
        if set(RULE_FIELDS) & set(form.changed_data):
            replace_access_rules(entity, form.access_rules(), actor=actor)
        if isinstance(form, SamlApplicationForm):
            return
        update_application(
            entity,
            name=values["name"],
            description=values["description"] or None,
            custom_data=values["custom_data"],
            **form.metadata(entity),
            actor=actor,
        )
        if "role_ids" in form.changed_data:
            replace_application_roles(entity, role_ids=values["role_ids"], actor=actor)
        change_third_party(entity, form.changes, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        remove = delete_saml_application if entity.type == _SAML else delete_application
        remove(entity, actor=actor_of(request))

    # --- secrets -----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        reveal = self.admin_site.admin_view(self._reveal_secret)
        own = path("<path:object_id>/secrets/<str:secret_id>/", reveal, name="applications_application_secret")
        download = self.admin_site.admin_view(self._download_certificate)
        certificate = path(
            "<path:object_id>/certificates/<str:secret_id>/", download, name="applications_application_certificate"
        )
        return [own, certificate, *super().get_urls()]

    def _download_certificate(self, request: HttpRequest, object_id: str, secret_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return download_certificate(unquote(object_id), secret_id)

    def _reveal_secret(self, request: HttpRequest, object_id: str, secret_id: str) -> HttpResponse:
        """Answer one secret's value, to whoever may change the application, and write that down."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        secret = ApplicationSecret.objects.filter(application_id=unquote(object_id), id=secret_id).first()
        if secret is None:
            raise Http404
        if not self.has_change_permission(request, secret.application):
            raise PermissionDenied
        return JsonResponse({"value": reveal_secret(secret, actor=actor_of(request))})
