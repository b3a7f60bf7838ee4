"""Django: `manage.py dumpdata auth.user`, of the user model that ships or of one that keeps its fields."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from common.shapes import Members
from identity.imports.digests import bcrypt_sha256, by_prefix, joined, pbkdf2, scrypt
from identity.imports.records import ImportedUser
from identity.imports.row import Row, without
from identity.passwords import HashedPassword

_KNOWN = frozenset(
    {"password", "username", "email", "first_name", "last_name", "is_active", "date_joined", "last_login"}
    | {"is_staff", "is_superuser", "groups", "user_permissions"}
)


class DjangoSource:
    """Names of groups become roles if the dump has them (`--natural-foreign`); other fields become custom data."""

    name = "django"
    title = "Django"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return {"model", "fields"} <= names

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        fields = row.row("fields")
        if "password" not in fields.values:
            return None
        given, family = fields.text("first_name"), fields.text("last_name")
        profile = {"givenName": given, "familyName": family}
        digest = fields.secret("password") or "!"
        hashed = None if digest.startswith("!") else read_digest(digest)
        return ImportedUser(
            source_id=row.text("pk") or "",
            username=fields.text("username"),
            primary_email=fields.text("email"),
            name=" ".join(part for part in (given, family) if part) or None,
            profile={name: value for name, value in profile.items() if value},
            custom_data=without(fields, _KNOWN),
            hashed_password=hashed,
            unsupported_password=digest.partition("$")[0][:32] if hashed is None and digest[0] != "!" else None,
            is_suspended=fields.flag("is_active") is False,
            roles=_roles(fields),
            created_at=fields.moment("date_joined"),
            last_sign_in_at=fields.moment("last_login"),
        )


def _roles(fields: Row) -> list[str]:
    """Groups by natural key, which is a list of one; a number says no name."""
    groups = [group for group in fields.items("groups") if isinstance(group, list | str)]
    names = [group[0] if isinstance(group, list) and group else group for group in groups]
    return Row({"groups": names}, path="fields").texts("groups")


def read_digest(digest: str) -> HashedPassword | None:
    """Return what Django's hashers wrote, `None` for a hasher that cannot be verified here."""
    algorithm, _dollar, rest = digest.partition("$")
    parts = rest.split("$")
    match algorithm, parts:
        case "argon2", _:
            return by_prefix(f"${rest}")
        case "bcrypt", _:
            return by_prefix(rest if rest.startswith("$") else f"${rest}")
        case "bcrypt_sha256", _:
            return bcrypt_sha256(rest if rest.startswith("$") else f"${rest}")
        case "scrypt", [cost, salt, block_size, parallelization, key]:
            try:
                return scrypt(
                    salt=salt.encode(),
                    cost=int(cost),
                    block_size=int(block_size),
                    parallelization=int(parallelization),
                    key=base64.b64decode(key, validate=True),
                )
            except (binascii.Error, ValueError):
                return None
        case (("pbkdf2_sha256" | "pbkdf2_sha1"), [iterations, salt, key]):
            try:
                decoded = base64.b64decode(key, validate=True)
                count = int(iterations)
            except (binascii.Error, ValueError):
                return None
            return pbkdf2(hash_name=algorithm.removeprefix("pbkdf2_"), salt=salt, iterations=count, key=decoded)
        case (("md5" | "sha1"), [salt, value]) if salt != "@":
            return joined(algorithm, [salt, "@"], value)
    return None
