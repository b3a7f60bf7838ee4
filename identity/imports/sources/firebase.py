"""Firebase Authentication: what `firebase auth:export` writes, as JSON or as CSV."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.shapes import Integer, Members, Text
from identity.imports.digests import firebase_scrypt
from identity.imports.errors import RowError
from identity.imports.records import ImportedUser
from identity.imports.row import Row

# Identity platforms at which Firebase signs users in, and what social connectors call themselves here.
TARGETS = {
    "google.com": "google",
    "facebook.com": "facebook",
    "apple.com": "apple",
    "github.com": "github",
    "microsoft.com": "azuread",
    "twitter.com": "x",
}
_OWN = frozenset({"password", "phone"})


class FirebaseSource:
    """Passwords need the project's parameters, which Firebase shows with its users."""

    name = "firebase"
    title = "Firebase"
    secrets: Members | None = Members(
        {
            "signerKey": Text(min_length=1, max_length=256, required=True),
            "saltSeparator": Text(max_length=64, required=True),
            "rounds": Integer(minimum=1, maximum=64, required=True),
            "memoryCost": Integer(minimum=1, maximum=20, required=True),
        }
    )

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return "localId" in names

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        email = row.text("email")
        user = ImportedUser(
            source_id=row.text("localId") or "",
            primary_email=email,
            email_verified=bool(row.flag("emailVerified")) if email else None,
            primary_phone=row.text("phoneNumber"),
            name=row.text("displayName"),
            avatar=row.text("photoUrl"),
            custom_data={"customClaims": row.object("customAttributes")} if row.object("customAttributes") else {},
            is_suspended=row.flag("disabled"),
            created_at=row.moment("createdAt"),
            last_sign_in_at=row.moment("lastSignedInAt"),
        )
        digest, salt = row.secret("passwordHash"), row.secret("salt")
        if digest and salt:
            if not secrets:
                raise RowError("user_import.options_missing", field="passwordHash")
            user.hashed_password = firebase_scrypt(
                salt=salt,
                signer_key=secrets["signerKey"],
                separator=secrets["saltSeparator"],
                rounds=secrets["rounds"],
                memory_cost=secrets["memoryCost"],
                digest=digest,
            )
        for name, provider in _providers(row):
            account = provider.text("rawId")
            if name and account and name not in _OWN:
                user.identities[TARGETS.get(name, name)] = {"userId": account, "details": _details(provider)}
        return user


def _providers(row: Row) -> Iterator[tuple[str | None, Row]]:
    """In JSON they are a list; in CSV the cells of each have its name in theirs."""
    for provider in row.rows("providerUserInfo"):
        yield provider.text("providerId"), provider
    for name in TARGETS:
        cells = {key.removeprefix(f"{name}/"): value for key, value in row.values.items() if key.startswith(f"{name}/")}
        yield name, Row(cells, path=name)


def _details(provider: Row) -> dict[str, Any]:
    found = {
        "name": provider.text("displayName"),
        "email": provider.text("email"),
        "avatar": provider.text("photoUrl"),
    }
    return {name: value for name, value in found.items() if value}
