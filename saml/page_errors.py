"""The codes of SAML sign-ins, which users see on a page: in every language."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

_OVER = _("This sign-in has ended. Go back to the application and start again.")
_NOT_READY = _("The application is not ready for sign-in.")
_INVALID = _("The sign-in request of the application is invalid.")

declare(
    {
        "application.saml.acs_url_required": (400, _NOT_READY),
        "application.saml.entity_id_required": (400, _NOT_READY),
        "application.saml.no_active_secret": (404, _NOT_READY),
        "application.saml.missing_email_address": (400, _("This application needs your email address.")),
        "application.saml.email_address_unverified": (400, _("This application needs a verified email address.")),
        "application.saml.invalid_saml_request": (400, _INVALID),
        "application.saml.auth_request_issuer_not_match": (400, _INVALID),
        "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies": (400, _OVER),
        "application.saml.sp_initiated_saml_sso_session_not_found": (400, _OVER),
        "application.saml.state_mismatch": (400, _OVER),
    }
)
