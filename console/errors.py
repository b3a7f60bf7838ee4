"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "console.last_admin": (422, _("A tenant keeps at least one admin.")),
        "console.already_member": (422, _("This developer has access already; change the role below.")),
    }
)
