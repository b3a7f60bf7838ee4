"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "resource.resource_identifier_in_use": (422, _("An API resource with this identifier exists already.")),
        "resource.cannot_delete_management_api": (400, _("The Management API cannot be deleted.")),
        "resource.cannot_modify_management_api": (400, _("The Management API cannot be changed.")),
        "scope.name_exists": (422, _("A permission with this name exists already.")),
        "scope.name_with_space": (400, _("The name of a permission holds no spaces.")),
        "role.name_in_use": (422, _("A role with this name exists already.")),
        "role.scope_exists": (422, _("The role has this permission already.")),
        "role.user_exists": (422, _("The user has this role already.")),
        "role.application_exists": (422, _("The application has this role already.")),
        "role.management_api_scopes_not_assignable_to_user_role": (
            400,
            _("Permissions of the Management API are for machine-to-machine roles only."),
        ),
        "role.internal_role_violation": (403, _("Internal roles are kept by Gatehouse itself.")),
    }
)
