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
        "guard.file_size_exceeded": (400, _("The file is too large.")),
        "guard.mime_type_not_allowed": (400, _("Files of this kind are not allowed.")),
        "storage.not_configured": (400, _("Files cannot be uploaded to this installation.")),
        "storage.quota_exceeded": (403, _("There is no room for further files.")),
        "storage.upload_error": (500, _("The file could not be stored. Try again later.")),
        "storage.download_error": (502, _("The file could not be read. Try again later.")),
        "domain.not_configured": (400, _("This installation has no custom domains.")),
        "domain.domain_in_use": (422, _("This domain is in use already.")),
        "domain.hostname_already_exists": (422, _("This tenant has this domain already.")),
        "domain.exceed_domain_limit": (422, _("A tenant can have %(limit)s custom domains at most.")),
        "domain.domain_is_not_allowed": (400, _("This domain is not allowed.")),
        "oidc.key_required": (422, _("At least one key is required.")),
        "oidc.key_not_found": (404, _("There is no such key.")),
        "oidc.only_previous_key_can_be_deleted": (422, _("Only the previous key can be deleted.")),
        "oidc.invalid_request": (400, _("The request is invalid.")),
    }
)
