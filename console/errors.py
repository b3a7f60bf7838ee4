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
        "console.identifier_cannot_sign_in": (
            422,
            _("People cannot sign in to tenant admin with this kind of identifier and a password."),
        ),
        "console.invitation_accepted": (422, _("This developer has signed in already and needs no new link.")),
        "console.already_member": (422, _("This developer has access already; change the role below.")),
    }
)
