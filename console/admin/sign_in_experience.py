"""The sign-in experience: one object, its settings in tabs."""

from typing import Any

from csp.constants import SELF
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from connectors.selectors import has_connector
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.preview_choice import PreviewChoice
from console.admin.sign_in_bindings import FIELD_AT, to_changes
from console.admin.sign_in_form import SignInForm
from console.site import site
from experience.models import SignInExperience
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant

_TAB = {"classes": ["tab"]}


@admin.register(SignInExperience, site=site)
class SignInExperienceAdmin(ConsoleModelAdmin):
    """How the tenant's users sign up and sign in, and what the pages look like."""

    form = SignInForm
    can_add = can_delete = False
    card_template = "console/cards/sign_in.html"
    change_form_template = "console/sign_in_experience.html"
    error_fields = {
        **FIELD_AT,
        "usernamePolicy.allowedChars": "username_characters",
        "sign_in_experiences.email_verification_code_cannot_be_used_for_sign_in": "method_email",
        "sign_in_experiences.phone_verification_code_cannot_be_used_for_sign_in": "method_phone",
        "sign_in_experiences.miss_sign_up_identifier_in_sign_in": "method_username",
        "sign_in_experiences.miss_sign_up_identifier_in_sign_in:email": "method_email",
        "sign_in_experiences.miss_sign_up_identifier_in_sign_in:phone": "method_phone",
        "sign_in_experiences.password_sign_in_must_be_enabled": "sign_up_password",
        "sign_in_experiences.missing_sign_up_identifiers": "sign_up_identifier",
        "sign_in_experiences.duplicated_sign_up_identifiers": "sign_up_secondary",
        "sign_in_experiences.passwordless_requires_verify": "sign_up_verify",
        "sign_in_experiences.forgot_password_method_requires_connector": "forgot_password",
        "sign_in_experiences.password_expiration_requires_forgot_password": "forgot_password",
        "sign_in_experiences.username_policy_case_conflicts_exist": "username_case",
    }
    fieldsets = (
        (
            _("Branding"),
            {
                **_TAB,
                "fields": [
                    "primary_color",
                    "logo_url",
                    "favicon",
                    "dark_mode",
                    "dark_primary_color",
                    "dark_logo_url",
                    "dark_favicon",
                    "custom_css_",
                ],
            },
        ),
        (
            _("Sign-up"),
            {
                **_TAB,
                "fields": [
                    "mode",
                    "sign_up_identifier",
                    "sign_up_secondary",
                    "sign_up_password",
                    "sign_up_verify",
                    "profile_fields_all",
                    "profile_fields",
                ],
            },
        ),
        (
            _("Sign-in"),
            {
                **_TAB,
                "description": _("With what users sign in, and how they prove it."),
                "fields": ["method_username", "method_email", "method_phone", "forgot_password"],
            },
        ),
        (
            _("Social sign-in"),
            {
                **_TAB,
                "description": _("The buttons of the sign-in page, in order, and what follows at the first sign-in."),
                "fields": ["social_targets", "social_linking", "social_skips"],
            },
        ),
        (
            _("Usernames"),
            {**_TAB, "fields": ["username_min", "username_max", "username_characters", "username_case"]},
        ),
        (
            _("Content"),
            {
                **_TAB,
                "fields": [
                    "terms_url",
                    "privacy_url",
                    "agree_policy",
                    "support_email_",
                    "support_website",
                    "auto_detect",
                    "fallback_language",
                    "unknown_session_url",
                ],
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        row = self.get_queryset(request).get()
        return HttpResponseRedirect(reverse("admin:experience_signinexperience_change", args=[row.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # There is one object, and no list to go back to.
        page = {"title": _("Sign-in experience"), "subtitle": None, "show_back_button": "", **(extra_context or {})}
        wire = get_sign_in_experience().wire
        page |= {
            "preview_choice": PreviewChoice(initial={"language": wire["languageInfo"]["fallbackLanguage"]}),
            "own_pages": wire["customUiAssets"],
        }
        response: HttpResponse = super().change_view(request, object_id, form_url, page)
        response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]  # read by the middleware
        return response

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        missing = [] if has_connector("email") else [_("email")]
        missing += [] if has_connector("phone") else [_("SMS")]
        return {"live_preview": f"{origin_of_tenant(current_tenant_id())}/demo-app", "missing": missing}

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes = to_changes(form.cleaned_data, form.changed_data, get_sign_in_experience().wire)
        update_sign_in_experience(changes, actor=actor_of(request))
