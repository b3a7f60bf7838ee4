"""The names of the factors."""

from django.db import models


class FactorType(models.TextChoices):
    """The kinds of second factor, named as on the wire. The codes follow from the user's own address and number."""

    TOTP = "Totp"
    WEBAUTHN = "WebAuthn"
    BACKUP_CODE = "BackupCode"
    EMAIL_CODE = "EmailVerificationCode"
    PHONE_CODE = "PhoneVerificationCode"


#: The order in which factors are listed.
DISPLAY_ORDER = (
    FactorType.WEBAUTHN,
    FactorType.TOTP,
    FactorType.PHONE_CODE,
    FactorType.EMAIL_CODE,
    FactorType.BACKUP_CODE,
)
