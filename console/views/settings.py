"""The tenant's settings: name, ID-token claims, lifetime of sessions and of the audit log, and what is on or off."""

from typing import Any

from django import forms
from django.conf import settings as configuration
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.errors import AppError
from common.pipeline import CONSOLE_PREFIX
from console.access import actor_of, current_access
from console.admin.fields import number, select, text
from console.admin.service_errors import explain, show_error
from console.admin.setting_fields import field_of
from console.policies import Area
from console.site import site
from console.tenancy import remove_tenant, rename_tenant
from events.retention import AUDIT_LOG_SETTING, set_retention
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from oidc.sessions.sessions import SESSION_SETTING, session_ttl
from tenants.hosts import origins_of_tenant
from tenants.models import Tenant
from tenants.services.settings import get_setting, merge_setting, set_setting
from tenants.services.tenants import is_permanent, set_tenant_suspended

_DAY = 86_400


class TenantSettingsForm(forms.Form):
    """The settings with a control each."""

    name = text(label=_("Name"), required=True, max_length=128)
    tag = select(
        label=_("Purpose"), choices=[("development", _("Development")), ("production", _("Production"))], required=True
    )
    session_days = number(
        label=_("Session lifetime"), minimum=1, max_value=365, required=True, help_text=_("Days without use.")
    )
    claims = field_of(
        ID_TOKEN_SETTING.shape.at("enabledExtendedClaims"),
        label=_("Extended ID token claims"),
        help_text=_("Put into ID tokens where the matching scope is granted; userinfo has them anyway."),
    )
    organization_sign_in = field_of(
        ORGANIZATION_SIGN_IN_SETTING.shape.at("enabled"),
        label=_("Sign in to organizations"),
        help_text=_(
            "A sign-in that names an organization is for its members alone, and the ID token says which one it was."
        ),
    )
    security_notifications = field_of(
        SECURITY_NOTIFICATIONS_SETTING.shape.at("enabled"),
        label=_("Security notifications"),
        help_text=_("Users get an email when a second factor or a passkey of theirs is added, replaced or removed."),
    )
    audit_days = field_of(AUDIT_LOG_SETTING.shape.at("retentionDays"), label=_("Audit log is kept for"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        longest = configuration.AUDIT_RETENTION_DAYS
        self.fields["audit_days"].help_text = (
            _("Days, at most %(longest)s; empty keeps it as long as that.") % {"longest": longest}
            if longest
            else _("Days; empty keeps it for ever.")
        )


class DeletionForm(forms.Form):
    """The tenant's id, typed again by whoever deletes it."""

    confirmation = text(label=_("Type the tenant id to confirm"), required=True, max_length=21)

    def __init__(self, tenant: Tenant, *args: Any) -> None:
        super().__init__(*args)
        self.tenant = tenant

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip() != self.tenant.id:
            raise ValidationError(_("This is not the id of this tenant."), code="invalid")
        return typed


@site.page("tenant/settings/", name="tenant_settings", area=Area.TENANT)
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change the settings."""
    access = current_access(request)
    assert access is not None  # noqa: S101 - the site lets nobody else come here
    tenant = access.tenant
    action = request.POST.get("action", "")
    is_change = request.method == "POST" and not action
    form = TenantSettingsForm(request.POST if is_change else None, initial=_initial(tenant))
    deletion = DeletionForm(tenant, request.POST if action == "delete" else None)
    if action in ("suspend", "resume") or (action == "delete" and deletion.is_valid()):
        return _end(request, tenant, action)
    if is_change and form.is_valid():
        try:
            _save(request, tenant, form)
        except AppError as error:
            show_error(form, error, {"retentionDays": "audit_days"})
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("admin:tenant_settings"))
    context = {
        **site.each_context(request),
        "title": _("Tenant settings"),
        "tenant": tenant,
        "form": form,
        "deletion": None if is_permanent(tenant.id) else deletion,
        "origins": origins_of_tenant(tenant.id),
        "button_class": " ".join(widgets.BUTTON_CLASSES),
    }
    return TemplateResponse(request, "console/settings.html", context)


def _end(request: HttpRequest, tenant: Tenant, action: str) -> HttpResponse:
    try:
        if action == "delete":
            remove_tenant(tenant, actor=actor_of(request))
            return HttpResponseRedirect(f"{CONSOLE_PREFIX}/tenants")
        set_tenant_suspended(tenant, suspended=action == "suspend", actor=actor_of(request))
        messages.success(request, _("Saved."))
    except AppError as error:
        messages.error(request, explain(error))
    return HttpResponseRedirect(reverse("admin:tenant_settings"))


def _initial(tenant: Tenant) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "tag": tenant.tag,
        "session_days": max(1, round(session_ttl() / _DAY)),
        "claims": get_setting(ID_TOKEN_SETTING).get("enabledExtendedClaims") or [],
        "organization_sign_in": bool(get_setting(ORGANIZATION_SIGN_IN_SETTING).get("enabled")),
        "security_notifications": bool(get_setting(SECURITY_NOTIFICATIONS_SETTING).get("enabled", True)),
        "audit_days": get_setting(AUDIT_LOG_SETTING)["retentionDays"],
    }


@transaction.atomic
def _save(request: HttpRequest, tenant: Tenant, form: TenantSettingsForm) -> None:
    values, actor = form.cleaned_data, actor_of(request)
    if {"name", "tag"}.intersection(form.changed_data):
        rename_tenant(tenant, name=values["name"], tag=values["tag"], actor=actor)
    if "session_days" in form.changed_data:
        merge_setting(SESSION_SETTING, {"ttl": values["session_days"] * _DAY}, actor=actor)
    if "claims" in form.changed_data:
        set_setting(ID_TOKEN_SETTING, {"enabledExtendedClaims": values["claims"]}, actor=actor)
    if "organization_sign_in" in form.changed_data:
        value = {"enabled": values["organization_sign_in"]}
        set_setting(ORGANIZATION_SIGN_IN_SETTING, value, actor=actor)
    if "security_notifications" in form.changed_data:
        value = {"enabled": values["security_notifications"]}
        set_setting(SECURITY_NOTIFICATIONS_SETTING, value, actor=actor)
    if "audit_days" in form.changed_data:
        set_retention({"retentionDays": values["audit_days"]}, actor=actor)
