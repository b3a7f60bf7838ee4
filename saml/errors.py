"""The codes of SAML applications."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "application.saml.acs_url_binding_not_supported": (
            422,
            _("Responses are posted: the binding of the assertion consumer service is HTTP-POST."),
        ),
        "application.saml.acs_url_scheme_not_supported": (400, _("This address must begin with https:// or http://.")),
        "application.saml.acs_url_required": (400, _("The application has no assertion consumer service URL.")),
        "application.saml.entity_id_required": (400, _("The application has no service provider entity ID.")),
        "application.saml.can_not_delete_active_secret": (
            400,
            _("This certificate is in use. Activate another one, or deactivate it first."),
        ),
        "application.saml.no_active_secret": (404, _("The application has no active certificate that is valid.")),
        "application.saml.missing_email_address": (400, _("This application needs your email address.")),
        "application.saml.email_address_unverified": (400, _("This application needs a verified email address.")),
        "application.saml.invalid_certificate_pem_format": (400, _("This is not a certificate that can be used.")),
        "application.saml.certificate_required": (400, _("Encryption needs the service provider's certificate.")),
        "application.saml.invalid_saml_request": (400, _("The SAML request is invalid.")),
        "application.saml.auth_request_issuer_not_match": (
            400,
            _("The SAML request is of another service provider than this application."),
        ),
        "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies": (
            400,
            _("This browser has no SAML sign-in under way. Go back to the application and start again."),
        ),
        "application.saml.sp_initiated_saml_sso_session_not_found": (
            400,
            _("This SAML sign-in has ended. Go back to the application and start again."),
        ),
        "application.saml.state_mismatch": (
            400,
            _("The answer belongs to another SAML sign-in. Go back to the application and start again."),
        ),
    }
)
