"""The codes about applications."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "application.invalid_type": (422, _("This is not possible for an application of this type.")),
        "application.invalid_role_type": (422, _("Applications hold machine-to-machine roles only.")),
        "application.invalid_third_party_application_type": (
            400,
            _("Only traditional web, single-page and native applications can be third-party."),
        ),
        "application.third_party_application_only": (422, _("This is for third-party applications only.")),
        "application.third_party_application_cannot_enable_token_exchange": (
            422,
            _("A third-party application cannot exchange tokens."),
        ),
        "application.user_consent_scopes_not_found": (422, _("Some of the permissions do not exist.")),
        "application.consent_management_api_scopes_not_allowed": (
            422,
            _("Users cannot be asked for permissions of the Management API."),
        ),
        "application.device_flow_native_only": (422, _("The device flow is for native applications only.")),
        "application.device_flow_not_changeable": (
            422,
            _("The device flow is chosen when the application is created."),
        ),
        "application.protected_app_metadata_is_required": (400, _("A protected application needs its metadata.")),
        "application.protected_app_not_configured": (501, _("Protected applications are not set up here.")),
        "application.protected_application_only": (422, _("This is for protected applications only.")),
        "application.no_legacy_secret_found": (400, _("The application has no legacy secret.")),
        "application.secret_name_exists": (422, _("A secret with this name exists already.")),
        "application.saml.use_saml_app_api": (400, _("SAML applications have an API of their own.")),
        "application.saml.saml_application_only": (422, _("This is for SAML applications only.")),
    }
)
