"""The codes that setting up and using a factor raises."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "session.mfa.invalid_totp_code": (400, _("The code of the authenticator app is wrong or was used already.")),
        "session.mfa.invalid_backup_code": (400, _("The backup code is wrong or was used already.")),
        "session.mfa.webauthn_verification_failed": (400, _("The passkey could not be verified.")),
        "session.mfa.backup_code_can_not_be_alone": (422, _("Backup codes need another second factor next to them.")),
        "user.too_many_passkeys": (422, _("The account has as many passkeys as it can have. Remove one first.")),
    }
)
