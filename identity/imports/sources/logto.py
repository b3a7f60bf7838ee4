"""Logto: users of its Management API, or rows of its table `users` as JSON or CSV, which also have the factors."""

from collections.abc import Mapping
from typing import Any

from common.crypto import base64url
from common.shapes import Members
from identity.imports.records import ImportedPasskey, ImportedUser
from identity.imports.row import Row
from identity.imports.sources.gatehouse import digest_of

_BOOKKEEPING = frozenset({"applicationId", "mfaVerificationFactors", "hasPassword", "updatedAt"})
_COLUMNS = frozenset({"password_encryption_method", "mfa_verifications", "logto_config", "primary_email"})
_CAMEL = {
    "primary_email": "primaryEmail",
    "primary_phone": "primaryPhone",
    "password_encrypted": "passwordDigest",
    "password_encryption_method": "passwordAlgorithm",
    "custom_data": "customData",
    "logto_config": "logtoConfig",
    "mfa_verifications": "mfaVerifications",
    "is_suspended": "isSuspended",
    "last_sign_in_at": "lastSignInAt",
    "created_at": "createdAt",
}


class LogtoSource:
    """A primary address or number of Logto is a verified one."""

    name = "logto"
    title = "Logto"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        is_table = "id" in names and len(_COLUMNS & names) >= 2
        return is_table or ("primaryEmail" in names and "customData" in names and bool(_BOOKKEEPING & names))

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        row = Row({_CAMEL.get(name, name): value for name, value in row.values.items()})
        user = ImportedUser(
            source_id=row.text("id") or "",
            username=row.text("username"),
            primary_email=row.text("primaryEmail"),
            primary_phone=row.text("primaryPhone"),
            name=row.text("name"),
            avatar=row.text("avatar"),
            profile=row.object("profile"),
            custom_data=row.object("customData"),
            account_settings=row.object("logtoConfig"),
            hashed_password=digest_of(row, "passwordDigest", "passwordAlgorithm"),
            identities=dict(row.object("identities")),
            is_suspended=row.flag("isSuspended"),
            created_at=row.moment("createdAt"),
            last_sign_in_at=row.moment("lastSignInAt"),
        )
        for factor in row.rows("mfaVerifications"):
            _add_factor(user, factor)
        return user


def _add_factor(user: ImportedUser, factor: Row) -> None:
    match factor.text("type"):
        case "Totp":
            user.totp_secret = factor.text("key")
        case "WebAuthn":
            user.passkeys.append(
                ImportedPasskey(
                    credential_id=factor.text("credentialId") or "",
                    public_key=factor.text("publicKey") or "",
                    counter=factor.number("counter"),
                    transports=factor.texts("transports"),
                    rp_id=factor.text("rpId"),
                    name=factor.text("name"),
                    user_handle=base64url(user.source_id.encode()),
                )
            )
        case "BackupCode":
            codes = [(code.text("code") or "", code.text("usedAt")) for code in factor.rows("codes")]
            user.backup_codes = [code for code, used_at in codes if used_at is None]
