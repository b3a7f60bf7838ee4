"""Codes about the acceptance and the import of passwords."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "password.rejected": (422, _("The password does not meet the requirements.")),
        "password.unsupported_encryption_method": (
            400,
            _("The password digest does not fit a supported encryption method."),
        ),
        "password.invalid_legacy_password_format": (
            400,
            _("The legacy password digest is malformed or too costly to verify."),
        ),
        "password.unsupported_legacy_hash_algorithm": (
            400,
            _("The hash algorithm of the legacy password digest is not supported."),
        ),
    }
)
