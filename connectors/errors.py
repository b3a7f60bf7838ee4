"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "connector.general": (400, _("The connector reported an error.")),
        "connector.event_not_verified": (403, _("The report could not be verified.")),
        "connector.template_not_found": (400, _("There is no template for this message.")),
        "connector.rate_limit_exceeded": (429, _("The provider takes no more messages at the moment.")),
        "connector.usage_limit_exceeded": (429, _("The account at the provider is over its limit.")),
        "connector.timed_out": (400, _("The provider took too long to answer. Try again.")),
        "connector.not_found": (404, _("No such connector is set up.")),
        "connector.not_found_with_connector_id": (422, _("There is no connector of this kind.")),
        "connector.unexpected_type": (400, _("The connector is of another type.")),
        "connector.invalid_config": (400, _("The connector's configuration is invalid.")),
        "connector.invalid_response": (400, _("The provider's answer could not be understood.")),
        "connector.authorization_failed": (401, _("The provider did not sign you in.")),
        "connector.social_auth_code_invalid": (401, _("The provider did not accept the sign-in. Start it again.")),
        "connector.social_invalid_access_token": (401, _("The provider did not accept its own access token.")),
        "connector.social_invalid_id_token": (401, _("The provider's ID token is not valid.")),
        "connector.should_specify_target": (400, _("A connector of this kind needs a target.")),
        "connector.can_not_modify_target": (400, _("The target of a connector cannot be changed.")),
        "connector.multiple_instances_not_supported": (422, _("There can be one connector of this kind.")),
        "connector.multiple_target_with_same_platform": (
            422,
            _("Another connector has this target on the same platform."),
        ),
        "session.connector_session_not_found": (400, _("This sign-in was not started, or took too long. Start again.")),
        "session.insufficient_info": (400, _("State and redirect address are needed.")),
        "session.invalid_connector_id": (422, _("There is no such connector.")),
        "connector.cannot_overwrite_metadata_for_non_standard_connector": (
            400,
            _("The metadata of this kind of connector cannot be changed."),
        ),
        "connector.invalid_type_for_syncing_profile": (422, _("Only social connectors can sync profiles.")),
        "connector.token_storage_not_supported": (422, _("This connector cannot store tokens.")),
        "connector.email_connector.bulk_deletion_no_filter": (422, _("Name a language or a type to delete by.")),
    }
)
