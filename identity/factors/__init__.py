"""What proves who somebody is besides a password: one folder a factor, with its pure part, its service and its kind.

A new kind is a folder and a line here.
"""

from collections.abc import Mapping

from identity.factor_types import FactorType
from identity.factors import errors
from identity.factors.backup_codes.kind import BackupCodesKind
from identity.factors.base import FactorKind
from identity.factors.totp.kind import TotpKind
from identity.factors.webauthn.kind import WebAuthnKind

__all__ = ["FACTOR_KINDS", "errors"]

#: The kinds of factor that are stored; codes by email and text message follow from the user's identifiers.
FACTOR_KINDS: Mapping[FactorType, FactorKind] = {
    kind.type: kind for kind in (WebAuthnKind(), TotpKind(), BackupCodesKind())
}
