"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "account_center.not_enabled": (400, _("The account center is not enabled.")),
        "account_center.field_not_editable": (400, _("This field cannot be changed.")),
        "account_center.field_not_enabled": (400, _("This field is not available.")),
        "auth.third_party_application_forbidden": (403, _("This application may not change the account.")),
    }
)
