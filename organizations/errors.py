"""The codes of this room, and the one it shares with the API's other relations."""

from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare

declare(
    {
        "organization.require_membership": (422, _("This requires membership of the organization.")),
        "organization.too_many_invitations": (422, _("This organization has too many pending invitations.")),
        "organization.role_names_not_found": (422, _("There are no organization roles of these names: %(names)s.")),
    }
)


def missing_reference() -> AppError:
    """A row that a relation of an organization or of the template names does not exist: 422 in this room."""
    return AppError("entity.relation_foreign_key_not_found", status=422)
