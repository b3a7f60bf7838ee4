"""The ways to prove who one is, by the type of their records."""

from collections.abc import Mapping

from experience.methods.base import VerificationMethod
from experience.methods.enterprise_sso import EnterpriseSsoMethod
from experience.methods.new_password import NewPasswordMethod
from experience.methods.owned_address import OwnedAddressMethod
from experience.methods.passkey import PasskeyMethod
from experience.methods.password import PasswordMethod
from experience.methods.social import SocialMethod
from experience.records import RecordType

SOCIAL = SocialMethod()
ENTERPRISE_SSO = EnterpriseSsoMethod()

METHODS: Mapping[RecordType, VerificationMethod] = {
    RecordType.PASSWORD: PasswordMethod(),
    RecordType.NEW_PASSWORD: NewPasswordMethod(),
    RecordType.EMAIL_CODE: OwnedAddressMethod(),
    RecordType.PHONE_CODE: OwnedAddressMethod(),
    RecordType.ONE_TIME_TOKEN: OwnedAddressMethod(),
    RecordType.SIGN_IN_PASSKEY: PasskeyMethod(),
    RecordType.SOCIAL: SOCIAL,
    RecordType.ENTERPRISE_SSO: ENTERPRISE_SSO,
}

__all__ = [
    "ENTERPRISE_SSO",
    "METHODS",
    "SOCIAL",
    "OwnedAddressMethod",
    "PasskeyMethod",
    "PasswordMethod",
    "VerificationMethod",
]
