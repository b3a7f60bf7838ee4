"""Enterprise SSO: the identity providers of the tenant's customers."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from unfold.decorators import display

from common.errors import AppError
from connectors.enterprise.provider import Provider, ProviderType, find_provider
from connectors.enterprise.selectors import config_of, find_sso_connection
from connectors.enterprise.services.connectors import (
    create_sso_connector,
    delete_sso_connector,
    update_sso_connector,
)
from connectors.models import SsoConnector
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, tags
from console.admin.sso_signing_keys import SigningKeyInline
from console.enterprise_sso.checking import render_check
from console.enterprise_sso.form import NewConnectorForm, form_class, sections_of
from console.enterprise_sso.look import addresses_of, choices, look_of, test_address
from console.enterprise_sso.trial import describe_sign_in, finish_test, pass_on, start_test
from console.enterprise_sso.words import explain_failure
from console.markdown import render_markdown
from console.site import site
from experience.models import IdpInitiatedSignIn
from experience.services.idp_initiated import delete_idp_initiated_sign_in, set_idp_initiated_sign_in

_LABELS = {
    "callbackUri": _("Redirect URI"),
    "acsUrl": _("Assertion consumer service (ACS)"),
    "entityId": _("Entity ID (audience) and metadata"),
}
_NAMED = "admin:connectors_ssoconnector"


@admin.register(SsoConnector, site=site)
class SsoConnectorAdmin(ConsoleModelAdmin):
    """One connector an enterprise."""

    intro = _(
        "Employees of your customers sign in at their own identity provider, which is found by their email domain."
    )
    icon = "corporate_fare"
    card_template = "console/enterprise_sso/card.html"
    list_display = ("named", "provider", "email_domains", "state", "connector_id")
    list_display_links = ("named",)
    search_fields = ("connector_name", "id")
    ordering = ("-created_at", "-id")
    error_fields = {
        "single_sign_on.duplicate_connector_name": "connector_name",
        "single_sign_on.forbidden_domains": "domains",
        "single_sign_on.duplicated_domains": "domains",
        "single_sign_on.invalid_domain_format": "domains",
        "single_sign_on.active_signing_key_required": "config_signAuthnRequest",
        "single_sign_on.idp_initiated_authentication_invalid_application_type": "application",
        "single_sign_on.idp_initiated_authentication_redirect_uri_not_registered": "redirect_uri",
        "authParameters": "auth_parameters",
        "clientIdpInitiatedAuthCallbackUri": "client_callback_uri",
    }

    class Media:
        js = ("console/enterprise_sso.js",)

    # --- the list ----------------------------------------------------------------------------------------------------
    @display(description=_("Name"), ordering="connector_name")
    def named(self, connector: SsoConnector) -> SafeString | str:
        provider = find_provider(connector.provider_name)
        if provider is None:
            return connector.connector_name
        context = {"look": look_of(provider), "name": connector.connector_name}
        return render_to_string("console/enterprise_sso/name.html", context)

    @display(description=_("Provider"))
    def provider(self, connector: SsoConnector) -> str:
        provider = find_provider(connector.provider_name)
        return provider.title if provider else connector.provider_name

    @display(description=_("Email domains"))
    def email_domains(self, connector: SsoConnector) -> SafeString | str:
        return tags(connector.domains[:4])

    @display(description=_("State"), label={"ready": "success", "unfinished": "warning", "hidden": "info"})
    def state(self, connector: SsoConnector) -> tuple[str, Any]:
        return _state(connector)

    @display(description=_("Connector id"))
    def connector_id(self, connector: SsoConnector) -> SafeString:
        return copyable(connector.id)

    # --- forms -------------------------------------------------------------------------------------------------------
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        provider = find_provider(obj.provider_name) if obj else None
        options["form"] = form_class(provider, is_stored=bool(config_of(obj))) if provider else NewConnectorForm
        return super().get_form(request, obj, change=change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: SsoConnector | None = None) -> Any:
        provider = find_provider(obj.provider_name) if obj else None
        return sections_of(provider) if provider else [(None, {"fields": ["connector_name"]})]

    def get_inlines(self, request: HttpRequest, obj: SsoConnector | None) -> Any:
        provider = find_provider(obj.provider_name) if obj else None
        return (SigningKeyInline,) if provider and provider.type == ProviderType.SAML else ()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        provider = find_provider(request.GET.get("provider", ""))
        if not self.has_add_permission(request):
            raise PermissionDenied
        if provider is None:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Choose a provider"),
                "lead": _("Which identity provider does your customer use? With any other, choose its protocol."),
                "opts": self.opts,
                "choices": choices(),
            }
            return TemplateResponse(request, "console/enterprise_sso/choose.html", context)
        title = {"title": _("New enterprise connector: %s") % provider.title}
        response: HttpResponse = super().add_view(request, form_url, {**title, **(extra_context or {})})
        return response

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        provider = find_provider(entity.provider_name)
        if provider is None:
            return {}
        addresses = addresses_of(entity, provider)
        return {
            "provider": provider,
            "look": look_of(provider),
            "state": _state(entity),
            "addresses": [(_LABELS[name], address) for name, address in addresses.items()],
            "guide": render_markdown(provider.guide(**addresses)),
            "is_configured": provider.is_configured(config_of(entity)),
            "may_change": self.has_change_permission(request, entity),
            "check_url": reverse(f"{_NAMED}_check", args=[entity.pk]),
            "test_url": reverse(f"{_NAMED}_test", args=[entity.pk]),
        }

    # --- services ----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any) -> SsoConnector:
        return create_sso_connector(
            provider_name=request.GET.get("provider", ""),
            connector_name=form.cleaned_data["connector_name"],
            actor=actor_of(request),
        )

    @transaction.atomic
    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        values, actor = form.cleaned_data, actor_of(request)
        try:
            update_sso_connector(
                entity,
                connector_name=values["connector_name"],
                config=form.config() if form.is_connection_changed else None,
                domains=values["domains"],
                branding=form.branding,
                sync_profile=values["sync_profile"],
                enable_token_storage=values.get("enable_token_storage"),
                actor=actor,
            )
        except AppError as error:
            if error.code == "connector.invalid_config":
                raise AppError(error.code, data={"message": explain_failure(error)}) from error
            raise
        if "starts" in form.fields and {"starts", *_STARTS} & set(form.changed_data):
            self._set_starts(entity, form.idp_initiated, actor)

    def _set_starts(self, connector: SsoConnector, chosen: dict[str, Any] | None, actor: Any) -> None:
        if chosen is not None:
            set_idp_initiated_sign_in(connector, **chosen, actor=actor)
        elif IdpInitiatedSignIn.objects.filter(connector=connector).exists():
            delete_idp_initiated_sign_in(connector, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_sso_connector(entity, actor=actor_of(request))

    # --- the check and the test --------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<str:object_id>/check/", view(self._check), name=f"{name}_check"),
            path("<str:object_id>/test/", view(self._test), name=f"{name}_test"),
            path("<str:object_id>/test/callback/", view(self._test_result), name=f"{name}_test_callback"),
            # What another site posts comes without the developer's session.
            path("<str:object_id>/test/acs/", csrf_exempt(self._test_acs), name=f"{name}_test_acs"),
            path(
                "<str:object_id>/test/result/",
                view(csrf_exempt(self._test_result_posted)),
                name=f"{name}_test_result",
            ),
            *super().get_urls(),
        ]

    def _changeable(self, request: HttpRequest, object_id: str) -> tuple[SsoConnector, Provider]:
        if not self.has_change_permission(request):
            raise PermissionDenied
        connector = self.get_object(request, unquote(object_id))
        provider = find_provider(connector.provider_name) if connector else None
        if connector is None or provider is None:
            raise Http404
        return connector, provider

    def _check(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what the identity provider of the form's values publishes."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        connector, provider = self._changeable(request, object_id)
        return render_check(request, connector, provider)

    def _test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show how to test the connector, and the way to its identity provider."""
        connector, provider = self._changeable(request, object_id)
        begun: dict[str, Any] = {"address": test_address(request, connector, provider)}
        try:
            begun["url"] = start_test(request, connector, provider)
        except AppError as error:
            begun["problem"] = explain_failure(error)
        return self._test_page(request, connector, provider, **begun)

    def _test_acs(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return pass_on(request, address=reverse(f"{_NAMED}_test_result", args=[object_id]))

    def _test_result_posted(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._test_result(request, object_id)

    def _test_result(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what the identity provider has said."""
        connector, provider = self._changeable(request, object_id)
        try:
            signed_in = finish_test(request, connector, provider)
        except AppError as error:
            return self._test_page(request, connector, provider, problem=explain_failure(error))
        return self._test_page(request, connector, provider, **describe_sign_in(connector, signed_in))

    def _test_page(
        self, request: HttpRequest, connector: SsoConnector, provider: Provider, **shown: Any
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Test %s") % connector.connector_name,
            "opts": self.opts,
            "original": connector,
            "is_saml": provider.type == ProviderType.SAML,
            "again": reverse(f"{_NAMED}_test", args=[connector.pk]),
            "back": reverse(f"{_NAMED}_change", args=[connector.pk]),
            **shown,
        }
        return TemplateResponse(request, "console/enterprise_sso/test.html", context)


_STARTS = ("application", "redirect_uri", "auth_parameters", "client_callback_uri")


def _state(connector: SsoConnector) -> tuple[str, Any]:
    connection = find_sso_connection(connector.id)
    if connection is None:
        return "unfinished", _("Set-up unfinished")
    return ("ready", _("Ready")) if connection.is_offered else ("hidden", _("Without domains"))
