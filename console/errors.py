"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "console.last_admin": (422, _("A tenant keeps at least one admin.")),
        "console.developer_unknown": (
            422,
            _("There is no such developer. An admin of tenant admin can make the account."),
        ),
        "console.already_member": (422, _("This developer has access already; change the role below.")),
    }
)
