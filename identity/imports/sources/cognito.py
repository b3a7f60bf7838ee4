"""Amazon Cognito: CSV under the header of its own import. Cognito gives out no passwords, not even hashed."""

from collections.abc import Mapping
from typing import Any

from common.shapes import Members
from identity.imports.records import ImportedUser
from identity.imports.row import Row, texts_by_name

_PROFILE = {
    "given_name": "givenName",
    "family_name": "familyName",
    "middle_name": "middleName",
    "nickname": "nickname",
    "preferred_username": "preferredUsername",
    "profile": "profile",
    "website": "website",
    "gender": "gender",
    "birthdate": "birthdate",
    "zoneinfo": "zoneinfo",
    "locale": "locale",
}


class CognitoSource:
    """Custom attributes become custom data. A username that is the address, or an id of Cognito's, is none."""

    name = "cognito"
    title = "Amazon Cognito"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return "cognito:username" in names

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        profile: dict[str, Any] = dict(texts_by_name(row, _PROFILE))
        if address := row.text("address"):
            profile["address"] = {"formatted": address}
        username, email, phone = row.text("cognito:username"), row.text("email"), row.text("phone_number")
        is_name = username is not None and username not in (email, phone) and not _is_uuid(username)
        return ImportedUser(
            source_id=username or "",
            username=username if is_name else None,
            primary_email=email,
            email_verified=bool(row.flag("email_verified")) if email else None,
            primary_phone=phone,
            phone_verified=bool(row.flag("phone_number_verified")) if phone else None,
            name=row.text("name"),
            avatar=row.text("picture"),
            profile=profile,
            custom_data={
                name.removeprefix("custom:"): value
                for name, value in row.values.items()
                if name.startswith("custom:") and value
            },
        )


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and set(text) <= set("0123456789abcdef-")
