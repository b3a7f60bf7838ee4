"""The codes of SAML applications in the Management API."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "application.saml.acs_url_binding_not_supported": (
            422,
            _("Responses are posted: the binding of the assertion consumer service is HTTP-POST."),
        ),
        "application.saml.acs_url_scheme_not_supported": (400, _("This address must begin with https:// or http://.")),
        "application.saml.can_not_delete_active_secret": (
            400,
            _("This certificate is in use. Activate another one, or deactivate it first."),
        ),
        "application.saml.invalid_certificate_pem_format": (400, _("This is not a certificate that can be used.")),
        "application.saml.certificate_required": (400, _("Encryption needs the service provider's certificate.")),
    }
)
