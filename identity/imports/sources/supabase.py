"""Supabase: rows of its table `auth.users`, as JSON or CSV."""

from collections.abc import Mapping
from typing import Any

from common.clock import now
from common.shapes import Members
from identity.imports.digests import by_prefix
from identity.imports.records import ImportedUser
from identity.imports.row import Row

_SIGNS = frozenset({"encrypted_password", "raw_user_meta_data", "raw_app_meta_data", "email_confirmed_at"})
_OF_APP = frozenset({"provider", "providers"})
_NAMES = ("full_name", "name")
_AVATARS = ("avatar_url", "picture")
_OWN = frozenset({*_NAMES, *_AVATARS, "email", "email_verified", "phone", "phone_verified", "sub"})


class SupabaseSource:
    """`raw_user_meta_data` and `raw_app_meta_data` become custom data."""

    name = "supabase"
    title = "Supabase"
    secrets: Members | None = None

    def recognizes(self, names: frozenset[str], values: Mapping[str, Any]) -> bool:
        return len(_SIGNS & names) >= 2

    def read(self, row: Row, secrets: Mapping[str, Any]) -> ImportedUser | None:
        if row.moment("deleted_at") is not None or row.flag("is_anonymous"):
            return None
        of_user, of_app = row.object("raw_user_meta_data"), row.object("raw_app_meta_data")
        banned_until = row.values.get("banned_until")
        is_banned = banned_until == "infinity" or ((row.moment("banned_until") or now()) > now())
        metadata = Row(of_user, path="raw_user_meta_data")
        email, phone = row.text("email"), row.text("phone")
        digest = row.secret("encrypted_password")
        hashed = by_prefix(digest) if digest else None
        return ImportedUser(
            source_id=row.text("id") or "",
            primary_email=email,
            email_verified=row.moment("email_confirmed_at") is not None if email else None,
            primary_phone=phone,
            phone_verified=row.moment("phone_confirmed_at") is not None if phone else None,
            name=_first(metadata, _NAMES),
            avatar=_first(metadata, _AVATARS),
            custom_data={
                **{name: value for name, value in of_user.items() if name not in _OWN},
                **{name: value for name, value in of_app.items() if name not in _OF_APP},
            },
            hashed_password=hashed,
            unsupported_password="encrypted_password" if digest and hashed is None else None,
            identities=_identities(row, of_app, metadata),
            is_suspended=is_banned,
            created_at=row.moment("created_at"),
            last_sign_in_at=row.moment("last_sign_in_at"),
        )


def _first(row: Row, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := row.text(name))), None)


def _identities(row: Row, of_app: Mapping[str, Any], metadata: Row) -> dict[str, dict[str, Any]]:
    """Return linked accounts: the provider of a user without a password, whose account `sub` names."""
    provider, account = of_app.get("provider"), metadata.text("sub")
    if not isinstance(provider, str) or provider in ("email", "phone") or account in (None, row.text("id")):
        return {}
    return {provider: {"userId": account}}
