"""Auth0: the export of users (a JSON object a line), the hashes that its support adds, and the import schema."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from common.shapes import Members
from identity.imports.digests import by_prefix, hmac, joined, ldap, pbkdf2, scrypt
from identity.imports.errors import RowError
from identity.imports.records import ImportedUser
from identity.imports.row import Row, texts_by_name
from identity.passwords import HashedPassword

_SIGNS = frozenset({"user_metadata", "app_metadata", "identities", "user_id", "custom_password_hash", "password_hash"})
_SIGNS_OF_HASHES = frozenset({"passwordHash", "password_set_date", "connection"})
_PROFILE = {"given_name": "givenName", "family_name": "familyName", "nickname": "nickname", "locale": "locale"}
# What Auth0 calls a connection, and what social connectors call themselves here.
TARGETS = {"google-oauth2": "google", "windowslive": "azuread", "waad": "azuread"}
_DATABASE = "auth0"
_PLAIN_HASHES = ("md4", "md5", "sha1", "sha256", "sha512")


class Auth0Source:
    """`app_metadata` and `user_metadata` become custom data, which applications read under the same names."""

    name = "auth0"
    title = "Auth0"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        user_id = values.get("user_id", values.get("Id"))
        is_auth0_id = isinstance(user_id, str) and "|" in user_id
        return is_auth0_id or len(_SIGNS & names) >= 2 or len(_SIGNS_OF_HASHES & names) >= 2 or "_id" in names

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        user_id = row.text("user_id") or row.text("Id") or _object_id(row)
        user = ImportedUser(
            source_id=user_id,
            username=row.text("username"),
            primary_email=row.text("email") or row.text("Email"),
            email_verified=row.flag("email_verified"),
            primary_phone=row.text("phone_number"),
            phone_verified=row.flag("phone_verified"),
            name=row.text("name") or row.text("Name"),
            avatar=row.text("picture"),
            profile=dict(texts_by_name(row, _PROFILE)),
            custom_data={name: row.object(name) for name in ("user_metadata", "app_metadata") if row.object(name)},
            is_suspended=row.flag("blocked"),
            created_at=row.moment("created_at"),
            last_sign_in_at=row.moment("last_login"),
        )
        _read_password(row, user)
        for identity in row.rows("identities"):
            provider, account = identity.text("provider"), identity.text("user_id")
            if provider and account and provider not in (_DATABASE, "sms", "email"):
                details = {"details": identity.object("profileData")} if identity.object("profileData") else {}
                user.identities[TARGETS.get(provider, provider)] = {"userId": account, **details}
        for factor in row.rows("mfa_factors"):
            user.totp_secret = factor.row("totp").text("secret") or user.totp_secret
        return user


def _object_id(row: Row) -> str:
    """The id of the file with password hashes, which the user's id ends with."""
    value = row.values.get("_id")
    found = value.get("$oid") if isinstance(value, dict) else value
    return f"{_DATABASE}|{found}" if isinstance(found, str) and found else ""


def _read_password(row: Row, user: ImportedUser) -> None:
    digest = row.secret("password_hash") or row.secret("passwordHash")
    if digest is not None:
        user.hashed_password = by_prefix(digest)
        user.unsupported_password = None if user.hashed_password else "password_hash"
    elif custom := row.object("custom_password_hash"):
        algorithm = str(custom.get("algorithm") or "")[:32]
        user.hashed_password = _custom(row.row("custom_password_hash"), algorithm)
        user.unsupported_password = None if user.hashed_password else algorithm or "custom_password_hash"


def _custom(row: Row, algorithm: str) -> HashedPassword | None:
    """Return a `custom_password_hash`; `None` for an algorithm or an encoding that cannot be verified here."""
    hashed, salt = row.row("hash"), row.row("salt")
    value = hashed.secret("value") or ""
    if algorithm in ("argon2", "bcrypt"):
        return by_prefix(value)
    if algorithm == "pbkdf2":
        return _pbkdf2_string(value)
    if (row.row("password").text("encoding") or "utf8") not in ("ascii", "utf8"):
        return None
    if algorithm == "ldap":
        return ldap(value)
    try:
        if algorithm == "hmac":
            return _hmac(hashed, has_salt=bool(salt.values))
        if algorithm == "scrypt":
            return _scrypt(row)
        if algorithm not in _PLAIN_HASHES:
            return None
        digest = _decoded(value, hashed.text("encoding") or "hex").hex()
        salt_text = _decoded(salt.secret("value") or "", salt.text("encoding") or "utf8").decode()
    except (binascii.Error, ValueError):
        return None
    if salt_text == "@":
        return None
    parts = ["@"] if not salt_text else [salt_text, "@"]
    return joined(algorithm, parts if (salt.text("position") or "prefix") == "prefix" else parts[::-1], digest)


def _hmac(hashed: Row, *, has_salt: bool) -> HashedPassword | None:
    key, name = hashed.row("key"), hashed.text("digest")
    key_text = key.secret("value")
    # Where a salt would go is not said anywhere.
    if has_salt or not name or not key_text:
        return None
    digest = _decoded(hashed.secret("value") or "", hashed.text("encoding") or "hex")
    return hmac(name, _decoded(key_text, key.text("encoding") or "utf8"), digest)


def _scrypt(row: Row) -> HashedPassword | None:
    hashed, salt = row.row("hash"), row.row("salt")
    key = _decoded(hashed.secret("value") or "", hashed.text("encoding") or "hex")
    if not key or row.number("keylen", default=len(key)) != len(key):
        return None
    return scrypt(
        salt=_decoded(salt.secret("value") or "", salt.text("encoding") or "utf8"),
        cost=row.number("cost", default=16_384),
        block_size=row.number("blockSize", default=8),
        parallelization=row.number("parallelization", default=1),
        key=key,
    )


def _decoded(text: str, encoding: str) -> bytes:
    match encoding:
        case "hex":
            return bytes.fromhex(text)
        case "base64":
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        case "utf8":
            return text.encode()
    raise ValueError(encoding)


def _pbkdf2_string(value: str) -> HashedPassword | None:
    """Read `$pbkdf2-<hash>$i=<iterations>,l=<length>$<salt>$<key>`, with base64 that is not padded."""
    try:
        _empty, name, parameters, salt, key = value.split("$")
        numbers = dict(part.split("=") for part in parameters.split(","))
        return pbkdf2(
            hash_name=name.removeprefix("pbkdf2-"),
            salt=_decoded(salt, "base64"),
            iterations=int(numbers["i"]),
            key=_decoded(key, "base64"),
        )
    except (ValueError, KeyError, binascii.Error):
        raise RowError("password.invalid_legacy_password_format", field="custom_password_hash") from None
