"""The codes of enterprise connectors."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "single_sign_on.forbidden_domains": (422, _("Domains of public email providers cannot be used.")),
        "single_sign_on.duplicated_domains": (422, _("A domain is named twice.")),
        "single_sign_on.invalid_domain_format": (422, _("This is not a domain name.")),
        "single_sign_on.duplicate_connector_name": (409, _("Another enterprise connector has this name.")),
        # The contract answers 500; it is the tenant's configuration that lacks a key.
        "single_sign_on.sso_signing_unavailable": (
            400,
            _("The connector has no active key to sign its requests with."),
        ),
        "single_sign_on.can_not_delete_active_signing_key": (400, _("An active signing key cannot be deleted.")),
        "single_sign_on.can_not_deactivate_signing_key_in_use": (
            400,
            _("The connector signs its requests with this key. Activate another one first."),
        ),
        "single_sign_on.active_signing_key_required": (400, _("Signing requests needs an active signing key.")),
    }
)
