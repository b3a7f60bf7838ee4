"""Gatehouse's own export, and files made by hand: the names of the Management API, in JSON or as columns of CSV."""

from collections.abc import Mapping
from typing import Any

from common.shapes import Members
from identity.imports.digests import by_prefix
from identity.imports.errors import RowError
from identity.imports.records import EnterpriseIdentity, ImportedPasskey, ImportedUser, Membership
from identity.imports.row import Row
from identity.passwords import HashedPassword

# Spellings of spreadsheets.
_ALIASES = {
    "email": "primaryEmail",
    "primary_email": "primaryEmail",
    "email_verified": "emailVerified",
    "phone": "primaryPhone",
    "phone_number": "primaryPhone",
    "primary_phone": "primaryPhone",
    "phone_verified": "phoneVerified",
    "password_digest": "passwordDigest",
    "password_algorithm": "passwordAlgorithm",
    "custom_data": "customData",
    "is_suspended": "isSuspended",
    "created_at": "createdAt",
    "last_sign_in_at": "lastSignInAt",
}
_IDENTIFIERS = frozenset({"username", "primaryEmail", "primaryPhone"})


class GatehouseSource:
    """A row has the members of a user of the Management API, and those of `identity.exports`."""

    name = "gatehouse"
    title = "Gatehouse, or a file of your own"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return bool(_IDENTIFIERS & {_ALIASES.get(name, name) for name in names})

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        row = Row({_ALIASES.get(name, name): value for name, value in row.values.items()})
        return ImportedUser(
            source_id=row.text("id") or "",
            username=row.text("username"),
            primary_email=row.text("primaryEmail"),
            email_verified=row.flag("emailVerified"),
            primary_phone=row.text("primaryPhone"),
            phone_verified=row.flag("phoneVerified"),
            name=row.text("name"),
            avatar=row.text("avatar"),
            profile=row.object("profile"),
            custom_data=row.object("customData"),
            account_settings=row.object("logtoConfig"),
            hashed_password=digest_of(row, "passwordDigest", "passwordAlgorithm"),
            plain_password=row.secret("password"),
            is_password_expired=bool(row.flag("isPasswordExpired")),
            identities=dict(row.object("identities")),
            enterprise_identities=[_enterprise_identity(item) for item in row.rows("ssoIdentities")],
            roles=row.texts("roles"),
            memberships=[_membership(item) for item in row.rows("organizations")],
            totp_secret=row.text("totpSecret"),
            passkeys=[_passkey(item) for item in row.rows("passkeys")],
            backup_codes=row.texts("backupCodes"),
            is_suspended=row.flag("isSuspended"),
            created_at=row.moment("createdAt"),
            last_sign_in_at=row.moment("lastSignInAt"),
        )


def digest_of(row: Row, digest_name: str, algorithm_name: str) -> HashedPassword | None:
    """Return the hashed password of two members; without an algorithm the digest says what it is."""
    digest, algorithm = row.secret(digest_name), row.text(algorithm_name)
    if digest is None:
        return None
    found = by_prefix(digest) if algorithm is None else HashedPassword(digest, algorithm)
    if found is None:
        raise RowError("user.password_algorithm_required", field=algorithm_name)
    return found


def _enterprise_identity(item: Row) -> EnterpriseIdentity:
    return EnterpriseIdentity(
        item.text("connector") or "", item.text("issuer") or "", item.text("identityId") or "", item.object("detail")
    )


def _membership(item: Row) -> Membership:
    return Membership(item.text("id") or item.text("name") or "", item.texts("roles"))


def _passkey(item: Row) -> ImportedPasskey:
    return ImportedPasskey(
        credential_id=item.text("credentialId") or "",
        public_key=item.text("publicKey") or "",
        counter=item.number("counter"),
        transports=item.texts("transports"),
        aaguid=item.text("aaguid") or "",
        rp_id=item.text("rpId"),
        name=item.text("name"),
        user_handle=item.text("userHandle") or "",
    )
