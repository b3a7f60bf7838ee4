"""Second factors and passkeys of the tenant: which there are, who has to use them, and what users will see."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import AppError
from connectors.selectors import has_connector
from console.access import actor_of, current_access
from console.admin.fields import lock
from console.admin.service_errors import explain
from console.mfa.choices import FACTORS, ORGANIZATION_POLICIES, POLICY_GROUPS
from console.mfa.form import MfaForm, field_of_error, to_changes, to_form
from console.mfa.preview import preview
from console.policies import Area, may_change
from console.site import site
from experience.code_channels import CODE_CHANNELS
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from tenants.services.settings import get_setting, merge_setting


@site.page("mfa/", name="mfa", area=Area.GENERAL)
def mfa(request: HttpRequest) -> HttpResponse:
    """Show and change the settings."""
    form = MfaForm(request.POST if request.method == "POST" else None, initial=_stored())
    if form.is_bound and form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("admin:mfa"))
    is_open = may_change(current_access(request), Area.GENERAL)
    if not is_open:
        lock(form)
    context = {
        **site.each_context(request),
        "title": _("MFA and passkeys"),
        "form": form,
        "factors": [(form[field], _hint(choice.value)) for field, choice in FACTORS.items()],
        "policy_groups": POLICY_GROUPS,
        "organization_policies": ORGANIZATION_POLICIES,
        "trusted_devices": [form["trusted_device"], form["trusted_device_days"]],
        "notifications": form["notifications"],
        "passkeys": [form[name] for name in ("passkey_sign_in", "passkey_button", "passkey_autofill")],
        "knows_places": bool(settings.TRUST_EDGE_HEADERS or settings.GEOIP_DATABASE),
        "viewpoints": preview(_values(form)),
        "is_open": is_open,
    }
    return TemplateResponse(request, "console/mfa.html", context)


@site.page("mfa/preview/", name="mfa_preview", area=Area.GENERAL)
def mfa_preview(request: HttpRequest) -> HttpResponse:
    """Show what users would see with the values of a form that is not saved."""
    form = MfaForm(request.GET, initial=_stored())
    return TemplateResponse(request, "console/parts/mfa_preview.html", {"viewpoints": preview(_values(form))})


def _stored() -> dict[str, Any]:
    """What is stored, as the form's values."""
    notifications = SECURITY_NOTIFICATIONS_SETTING.shape.fill(get_setting(SECURITY_NOTIFICATIONS_SETTING))
    return {**to_form(get_sign_in_experience().wire), "notifications": notifications["enabled"]}


def _values(form: MfaForm) -> dict[str, Any]:
    """What the form says at the moment; what is no choice counts as what is stored."""
    if not form.is_bound:
        return dict(form.initial)
    form.is_valid()
    return {**form.initial, **form.cleaned_data}


def _save(request: HttpRequest, form: MfaForm) -> bool:
    changes = to_changes(form.cleaned_data, form.changed_data, get_sign_in_experience().wire)
    actor = actor_of(request)
    try:
        with transaction.atomic():
            if changes:
                update_sign_in_experience(changes, actor=actor)
            if "notifications" in form.changed_data:
                value = {"enabled": form.cleaned_data["notifications"]}
                merge_setting(SECURITY_NOTIFICATIONS_SETTING, value, actor=actor)
    except AppError as error:
        form.add_error(field_of_error(error), explain(error))
        return False
    return True


def _hint(factor: str) -> dict[str, str] | None:
    """What keeps a factor from being switched on, and where that can be changed."""
    channel = CODE_CHANNELS.get(factor)
    if channel is None:
        return None
    method = get_sign_in_experience().find_method(channel)
    if method and method.verification_code:
        return {
            "text": _("Signs users in already, so it cannot be the second factor."),
            "link": reverse("admin:experience_signinexperience_changelist"),
            "action": _("Change sign-in"),
        }
    if not has_connector(channel):
        return {
            "text": _("Needs a connector."),
            "link": reverse("admin:connectors_connector_add"),
            "action": _("Set one up"),
        }
    return None
