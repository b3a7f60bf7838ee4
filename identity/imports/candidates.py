"""One row as it would be stored: checked, by the rules that hold for every user, before anything is compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from common.shapes import validate
from identity.factors.backup_codes.codes import CODES_IN_SET, is_backup_code
from identity.factors.totp.codes import read_secret
from identity.identifier_keys import is_storable
from identity.imports.errors import RowError
from identity.imports.options import ACCEPT, DROP, REFUSE
from identity.imports.records import ImportedPasskey, ImportedUser
from identity.models import User
from identity.passwords import HashedPassword, is_too_long, validate_digest
from identity.services.factor_preferences import PREFERENCES
from identity.services.users import NO_DECISIONS
from identity.user_fields import UserChanges, apply_changes, is_storable_json

_MAX_SOURCE_ID = 256
# Of one user, of each kind. A row has room for ten thousand, and each is an object in memory and a row in a table.
_MOST = 100
_MAX_KEY = 2_730  # 2,048 bytes in base64
_MAX_CREDENTIAL_ID = 1_364
_MAX_NAME, _MAX_RP_ID, _MAX_USER_HANDLE, _MAX_AAGUID = 128, 253, 86, 64
_BASE64URL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
# An id of ours has twelve of them; those of other systems may have fewer.
_USER_ID = re.compile(r"[0-9A-Za-z_-]{1,12}")
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS = ("username", "primary_email", "primary_phone", "name", "avatar", "profile", "custom_data", "identities")


@dataclass(slots=True)
class Candidate:
    """A row that is sound by itself. `user` is not stored; `password` comes later for one that is in plain."""

    number: int
    line: int
    record: ImportedUser
    user: User
    password: HashedPassword | None = None
    changes: UserChanges = field(default_factory=UserChanges)

    def claims(self) -> Mapping[str, tuple[str, ...]]:
        """Return what no other row of the file, and no other user, may have: by field, in comparable form."""
        found: dict[str, tuple[str, ...]] = {}
        if self.record.source_id:
            found["id"] = (self.record.source_id,)
        for name, value in (
            ("username", self.user.username_key),
            ("primaryEmail", self.user.email_key),
            ("primaryPhone", self.user.primary_phone),
        ):
            if value:
                found[name] = (value,)
        if self.user.identities:
            found["identities"] = tuple(f"{target}\n{item['userId']}" for target, item in self.user.identities.items())
        return found

    def is_unverified(self, name: str) -> bool:
        """Whether the source says that a claim was never verified there."""
        verified = {"primaryEmail": self.record.email_verified, "primaryPhone": self.record.phone_verified}
        return verified.get(name) is False

    def claimed_digests(self) -> dict[str, str]:
        """Return the field of each claim, by the claim's digest."""
        return {sha256_hex(f"{name}\n{value}"): name for name, values in self.claims().items() for value in values}


def read_candidate(number: int, line: int, record: ImportedUser, options: Mapping[str, Any]) -> Candidate:
    """Check a row by itself. Raises `RowError`, and the codes of `apply_changes` and `validate_digest`."""
    if len(record.source_id) > _MAX_SOURCE_ID or not is_storable(record.source_id):
        raise RowError("user_import.invalid_value", field="id")
    _check_counts(record)
    _settle_verification(record, options["unverified"])
    if not record.has_identifier:
        raise RowError("user_import.no_identifier")
    _settle_password(record, options["unsupportedPasswords"])
    _check_factors(record, options.get("unsupportedFactors", REFUSE))
    _check_enterprise_identities(record)
    for name, moment in (("createdAt", record.created_at), ("lastSignInAt", record.last_sign_in_at)):
        if moment is not None and not _FIRST_MOMENT <= moment <= now():
            raise RowError("user_import.invalid_value", field=name)
    user = User(created_at=record.created_at or now(), last_sign_in_at=record.last_sign_in_at)
    if options["keepIds"]:
        if not _USER_ID.fullmatch(record.source_id):
            raise RowError("user_import.id_in_use", field="id")
        user.id = record.source_id
    changes = _changes_of(record)
    apply_changes(user, {"account_settings": NO_DECISIONS, **changes})
    user.is_suspended, user.is_password_expired = bool(record.is_suspended), record.is_password_expired
    return Candidate(number, line, record, user, record.hashed_password, changes)


def _check_counts(record: ImportedUser) -> None:
    for name, items in (
        ("identities", record.identities),
        ("ssoIdentities", record.enterprise_identities),
        ("roles", record.roles),
        ("organizations", record.memberships),
        *(("organizations.roles", membership.roles) for membership in record.memberships),
        ("passkeys", record.passkeys),
    ):
        if len(items) > _MOST:
            raise RowError("user_import.invalid_value", field=name)


def _changes_of(record: ImportedUser) -> UserChanges:
    """What the row says of a user's fields; what it does not say stays as it is."""
    said: Any = {name: getattr(record, name) for name in _FIELDS if getattr(record, name)}
    if record.account_settings:
        said["account_settings"] = validate(PREFERENCES, record.account_settings)
    changes: UserChanges = said
    return changes


def _settle_verification(record: ImportedUser, policy: str) -> None:
    if policy == ACCEPT:
        return
    if record.primary_email and record.email_verified is False:
        if policy != DROP:
            raise RowError("user_import.unverified_identifier", field="primaryEmail")
        record.primary_email = None
    if record.primary_phone and record.phone_verified is False:
        if policy != DROP:
            raise RowError("user_import.unverified_identifier", field="primaryPhone")
        record.primary_phone = None


def _settle_password(record: ImportedUser, policy: str) -> None:
    if record.unsupported_password and policy != DROP:
        raise RowError(
            "user_import.unsupported_password", field="passwordDigest", algorithm=record.unsupported_password
        )
    if record.plain_password and record.hashed_password:
        raise RowError("user.password_and_digest", field="password")
    if record.plain_password and is_too_long(record.plain_password):
        raise RowError("user_import.invalid_value", field="password")
    if record.hashed_password:
        try:
            validate_digest(record.hashed_password.encrypted, record.hashed_password.method)
        except AppError as error:
            if policy != DROP:
                raise RowError(error.code, field="passwordDigest") from error
            record.hashed_password = None


def _check_factors(record: ImportedUser, policy: str) -> None:
    if record.unsupported_factor and policy != DROP:
        raise RowError("user_import.unsupported_factor", field="factors", factor=record.unsupported_factor)
    if record.totp_secret is not None:
        record.totp_secret = record.totp_secret.replace(" ", "").rstrip("=").upper()
        read_secret(record.totp_secret)
    if record.backup_codes:
        codes = record.backup_codes
        if len(codes) > CODES_IN_SET or len(set(codes)) < len(codes) or not all(is_backup_code(code) for code in codes):
            raise AppError("user.wrong_backup_code_format")
        if not (record.totp_secret or record.passkeys):
            raise RowError("session.mfa.backup_code_can_not_be_alone", field="backupCodes")
    if not all(map(_is_passkey, record.passkeys)):
        raise RowError("user_import.invalid_value", field="passkeys")


def _is_passkey(passkey: ImportedPasskey) -> bool:
    return (
        0 < len(passkey.credential_id) <= _MAX_CREDENTIAL_ID
        and 0 < len(passkey.public_key) <= _MAX_KEY
        and len(passkey.user_handle) <= _MAX_USER_HANDLE
        and len(passkey.aaguid) <= _MAX_AAGUID
        and len(passkey.name or "") <= _MAX_NAME
        and len(passkey.rp_id or "") <= _MAX_RP_ID
        and _BASE64URL.issuperset(passkey.credential_id + passkey.public_key + passkey.user_handle)
    )


def _check_enterprise_identities(record: ImportedUser) -> None:
    for identity in record.enterprise_identities:
        texts = (identity.issuer, identity.identity_id)
        is_sound = all(texts) and len(identity.issuer) <= 1024 and len(identity.identity_id) <= 256
        if not is_sound or not is_storable_json(identity.detail):
            raise RowError("user_import.invalid_value", field="ssoIdentities")
