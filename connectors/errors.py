"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "connector.general": (400, _("The connector reported an error.")),
        "connector.not_found": (404, _("No such connector is set up.")),
        "connector.not_found_with_connector_id": (422, _("There is no connector of this kind.")),
        "connector.unexpected_type": (400, _("The connector is of another type.")),
        "connector.invalid_config": (400, _("The connector's configuration is invalid.")),
        "connector.cannot_overwrite_metadata_for_non_standard_connector": (
            400,
            _("The metadata of this kind of connector cannot be changed."),
        ),
        "connector.invalid_type_for_syncing_profile": (422, _("Only social connectors can sync profiles.")),
        "connector.token_storage_not_supported": (422, _("This connector cannot store tokens.")),
        "connector.email_connector.bulk_deletion_no_filter": (422, _("Name a language or a type to delete by.")),
    }
)
