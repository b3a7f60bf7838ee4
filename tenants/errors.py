"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "tenant.not_found": (404, _("There is no tenant at this address.")),
        "tenant.invalid_id": (422, _("A tenant id has 1 to 21 lower-case letters, digits and hyphens.")),
        "tenant.permanent": (422, _("This tenant cannot be suspended or deleted.")),
        "tenant.id_in_use": (422, _("A tenant with this id exists already.")),
        "request.rate_limited": (429, _("There are too many requests. Wait a moment and try again.")),
        "domain.domain_in_use": (422, _("This domain is in use already.")),
        "domain.domain_is_not_allowed": (422, _("This domain is not allowed.")),
        "oidc.key_required": (422, _("At least one key is required.")),
        "oidc.key_not_found": (404, _("There is no such key.")),
        "oidc.only_previous_key_can_be_deleted": (422, _("Only the previous key can be deleted.")),
        "oidc.invalid_request": (400, _("The request is invalid.")),
    }
)
