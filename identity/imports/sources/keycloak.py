"""Keycloak: the export of a realm with its users, in one file or several."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from common.crypto import base64url
from common.shapes import Members
from identity.imports.digests import by_prefix, pbkdf2
from identity.imports.errors import RowError
from identity.imports.records import ImportedPasskey, ImportedUser
from identity.imports.row import Row
from identity.passwords import HashedPassword

_SIGNS = frozenset({"createdTimestamp", "emailVerified", "realmRoles", "disableableCredentialTypes", "notBefore"})
# What every realm gives everybody.
_BUILT_IN_ROLES = frozenset({"offline_access", "uma_authorization"})
_DEFAULT_ROLES = "default-roles-"
_PBKDF2 = {"pbkdf2": "sha1", "pbkdf2-sha256": "sha256", "pbkdf2-sha512": "sha512"}
_PASSKEYS = ("webauthn", "webauthn-passwordless")
_WRITTEN = {"locale": "locale", "phoneNumber": None, "phoneNumberVerified": None, "picture": None}


class KeycloakSource:
    """Attributes become custom data, realm roles and groups become roles."""

    name = "keycloak"
    title = "Keycloak"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return len(_SIGNS & names) >= 2

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        if row.text("serviceAccountClientId"):
            return None
        attributes = {name: _single(value) for name, value in row.object("attributes").items()}
        given, family = row.text("firstName"), row.text("lastName")
        profile = {"givenName": given, "familyName": family, "locale": _text(attributes.get("locale"))}
        user = ImportedUser(
            source_id=row.text("id") or "",
            username=row.text("username"),
            primary_email=row.text("email"),
            email_verified=row.flag("emailVerified"),
            primary_phone=_text(attributes.get("phoneNumber")),
            phone_verified=Row(attributes).flag("phoneNumberVerified"),
            name=" ".join(part for part in (given, family) if part) or None,
            avatar=_text(attributes.get("picture")),
            profile={name: value for name, value in profile.items() if value},
            custom_data={name: value for name, value in attributes.items() if name not in _WRITTEN},
            is_suspended=row.flag("enabled") is False,
            is_password_expired="UPDATE_PASSWORD" in row.texts("requiredActions"),
            roles=_roles(row),
            created_at=row.moment("createdTimestamp"),
        )
        # An address as username is the address: usernames have another form here.
        if user.username and "@" in user.username and user.username.lower() == (user.primary_email or "").lower():
            user.username = None
        for identity in row.rows("federatedIdentities"):
            provider, account = identity.text("identityProvider"), identity.text("userId")
            if provider and account:
                user.identities[provider] = {"userId": account, "details": {"name": identity.text("userName") or ""}}
        for credential in row.rows("credentials"):
            _add_credential(user, credential)
        return user


def _roles(row: Row) -> list[str]:
    """Realm roles by name, groups by path: `/sales/emea` is `sales/emea`."""
    roles = [
        role for role in row.texts("realmRoles") if role not in _BUILT_IN_ROLES and not role.startswith(_DEFAULT_ROLES)
    ]
    return list(dict.fromkeys([*roles, *(path.removeprefix("/") for path in row.texts("groups"))]))


def _single(value: Any) -> Any:
    """An attribute is a list, nearly always of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _part(credential: Row, name: str) -> Row:
    """`secretData` and `credentialData` are JSON in a text."""
    try:
        value = json.loads(credential.secret(name) or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RowError("user_import.invalid_value", field=f"credentials.{name}")
    return Row(value, path=f"credentials.{name}")


def _add_credential(user: ImportedUser, credential: Row) -> None:
    secret, data = _part(credential, "secretData"), _part(credential, "credentialData")
    match credential.text("type"):
        case "password":
            algorithm = data.text("algorithm") or ""
            user.hashed_password = _password(algorithm, secret, data)
            user.unsupported_password = None if user.hashed_password else algorithm[:32]
        case "otp" if user.totp_secret is None:
            _add_totp(user, secret, data)
        case kind if kind in _PASSKEYS:
            user.passkeys.append(_passkey(user, credential, data))
        case "recovery-authn-codes":
            # Keycloak keeps digests of its own, of codes in another form.
            user.unsupported_factor = "recovery-authn-codes"


def _password(algorithm: str, secret: Row, data: Row) -> HashedPassword | None:
    salt, value = _bytes(secret, "salt"), secret.secret("value") or ""
    if algorithm in _PBKDF2:
        key, iterations = _bytes(secret, "value"), data.number("hashIterations")
        return pbkdf2(hash_name=_PBKDF2[algorithm], salt=salt, iterations=iterations, key=key)
    if algorithm == "argon2":
        return _argon2(salt, _bytes(secret, "value"), data)
    return by_prefix(value) if algorithm.startswith("bcrypt") else None


def _argon2(salt: bytes, tag: bytes, data: Row) -> HashedPassword | None:
    """Write the PHC string of the parts that Keycloak keeps; parameters are lists of one text."""
    parameters = {name: _single(value) for name, value in data.object("additionalParameters").items()}
    version = {"1.0": 16, "1.3": 19}.get(str(parameters.get("version", "1.3")))
    kind = parameters.get("type", "id")
    if version is None or kind not in ("id", "i", "d"):
        return None
    costs = f"m={parameters.get('memory')},t={data.number('hashIterations')},p={parameters.get('parallelism')}"
    encoded = "$".join(base64.b64encode(part).decode().rstrip("=") for part in (salt, tag))
    return by_prefix(f"$argon2{kind}$v={version}${costs}${encoded}")


def _bytes(row: Row, name: str) -> bytes:
    try:
        return base64.b64decode(row.secret(name) or "", validate=True)
    except (binascii.Error, ValueError):
        raise RowError("user_import.invalid_value", field=f"credentials.secretData.{name}") from None


def _add_totp(user: ImportedUser, secret: Row, data: Row) -> None:
    """Take over an app that shows what every app shows: six digits of HMAC-SHA-1, thirty seconds long."""
    algorithm = (data.text("algorithm") or "HmacSHA1").lower().removeprefix("hmac")
    kind = data.text("subType") or "totp"
    shown = (data.number("digits", default=6), data.number("period", default=30))
    if (kind, algorithm, shown) != ("totp", "sha1", (6, 30)):
        user.unsupported_factor = f"{kind}, {algorithm}, {shown[0]}, {shown[1]}"[:64]
        return
    value = secret.secret("value") or ""
    # The text itself is the key, unless it says that it is base32; apps know either as base32.
    is_base32 = (data.text("secretEncoding") or "").upper() == "BASE32"
    user.totp_secret = value if is_base32 else base64.b32encode(value.encode()).decode().rstrip("=")


def _passkey(user: ImportedUser, credential: Row, data: Row) -> ImportedPasskey:
    return ImportedPasskey(
        credential_id=_unpadded(data.text("credentialId")),
        public_key=_unpadded(data.text("credentialPublicKey")),
        counter=data.number("counter"),
        transports=[name.lower().replace("_", "-") for name in data.texts("transports")],
        aaguid=data.text("aaguid") or "",
        name=credential.text("userLabel"),
        user_handle=base64url(user.source_id.encode()),
    )


def _unpadded(value: str | None) -> str:
    return (value or "").replace("+", "-").replace("/", "_").rstrip("=")
