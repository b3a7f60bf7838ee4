"""The sign-in experience of a tenant: methods, policies, look. One row a tenant."""

from typing import Any

from django.db import models

from tenants.models import TenantModel


def default_color() -> dict[str, Any]:
    return {"primaryColor": "#4f46e5", "isDarkModeEnabled": True, "darkPrimaryColor": "#818cf8"}


def default_language() -> dict[str, Any]:
    return {"autoDetect": True, "fallbackLanguage": "en"}


def default_sign_in() -> dict[str, Any]:
    method = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
    return {"methods": [method]}


def default_sign_up() -> dict[str, Any]:
    return {"identifiers": ["username"], "password": True, "verify": False}


def default_mfa() -> dict[str, Any]:
    return {"factors": [], "policy": "UserControlled"}


def default_username_policy() -> dict[str, Any]:
    allowed = {"lowercase": True, "uppercase": True, "numbers": True, "underscore": True}
    return {"caseSensitive": True, "minLength": 1, "maxLength": 128, "allowedChars": allowed}


class SignInExperience(TenantModel):
    """Sign-in settings. Each JSON column is one object of the Management API's `sign-in-exp`, replaced whole."""

    is_configuration = True

    class Mode(models.TextChoices):
        SIGN_IN = "SignIn"
        REGISTER = "Register"
        SIGN_IN_AND_REGISTER = "SignInAndRegister"

    class AgreeToTerms(models.TextChoices):
        AUTOMATIC = "Automatic"
        MANUAL_REGISTRATION_ONLY = "ManualRegistrationOnly"
        MANUAL = "Manual"

    color = models.JSONField(default=default_color)
    branding = models.JSONField(default=dict, blank=True)
    hide_logto_branding = models.BooleanField(default=False)
    language_info = models.JSONField(default=default_language)
    terms_of_use_url = models.CharField(max_length=2048, null=True, blank=True)
    privacy_policy_url = models.CharField(max_length=2048, null=True, blank=True)
    agree_to_terms_policy = models.CharField(max_length=32, choices=AgreeToTerms, default=AgreeToTerms.AUTOMATIC)
    sign_in = models.JSONField(default=default_sign_in)
    sign_up = models.JSONField(default=default_sign_up)
    social_sign_in = models.JSONField(default=dict, blank=True)
    social_sign_in_connector_targets = models.JSONField(default=list, blank=True)
    sign_in_mode = models.CharField(max_length=32, choices=Mode, default=Mode.SIGN_IN_AND_REGISTER)
    custom_css = models.TextField(null=True, blank=True)
    custom_content = models.JSONField(default=dict, blank=True)
    custom_ui_assets = models.JSONField(null=True, blank=True)
    custom_ui_csp = models.JSONField(default=dict, blank=True)
    password_policy = models.JSONField(default=dict, blank=True)
    username_policy = models.JSONField(default=default_username_policy)
    mfa = models.JSONField(default=default_mfa)
    adaptive_mfa = models.JSONField(default=dict, blank=True)
    single_sign_on_enabled = models.BooleanField(default=False)
    support_email = models.CharField(max_length=320, null=True, blank=True)
    support_website_url = models.CharField(max_length=2048, null=True, blank=True)
    unknown_session_redirect_url = models.CharField(max_length=2048, null=True, blank=True)
    captcha_policy = models.JSONField(default=dict, blank=True)
    sentinel_policy = models.JSONField(default=dict, blank=True)
    email_blocklist_policy = models.JSONField(default=dict, blank=True)
    verification_code_policy = models.JSONField(default=dict, blank=True)
    forgot_password_methods = models.JSONField(null=True, blank=True, default=list)
    passkey_sign_in = models.JSONField(default=dict, blank=True)
    sign_up_profile_fields = models.JSONField(null=True, blank=True, default=list)
    password_expiration = models.JSONField(default=dict, blank=True)
    sign_in_restriction_policy = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    trusted_device = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "sign-in experience"
        constraints = [models.UniqueConstraint(fields=["tenant"], name="sign_in_experience_one")]

    def __str__(self) -> str:
        return "Sign-in experience"
