"""The ways to prove who one is, by the type of their records."""

from collections.abc import Mapping

from experience.methods.base import VerificationMethod
from experience.methods.password import PasswordMethod
from experience.methods.verification_code import VerificationCodeMethod
from experience.records import RecordType

METHODS: Mapping[RecordType, VerificationMethod] = {
    RecordType.PASSWORD: PasswordMethod(),
    RecordType.EMAIL_CODE: VerificationCodeMethod(),
    RecordType.PHONE_CODE: VerificationCodeMethod(),
}

__all__ = ["METHODS", "PasswordMethod", "VerificationCodeMethod", "VerificationMethod"]
