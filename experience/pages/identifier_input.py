"""What somebody typed into an identifier field: a username, an email address or a phone number."""

from collections.abc import Sequence

from django.utils.translation import gettext

from common.errors import AppError
from experience.records import Identifier, IdentifierKind
from identity.identifiers import assert_valid_email, looks_like_phone, normalize_phone

KINDS: tuple[IdentifierKind, ...] = ("username", "email", "phone")

_PROFILE_KEYS = frozenset({"email", "phone", "username"})


def kinds_asked(identifier: str, allowed: Sequence[str]) -> tuple[IdentifierKind, ...]:
    """Return the allowed kinds in order, narrowed to those of the `identifier` parameter where it names any."""
    named = _PROFILE_KEYS.intersection(identifier.split())
    kinds = tuple(kind for kind in KINDS if kind in allowed)
    return tuple(kind for kind in kinds if kind in named) or kinds


def read_identifier(typed: str, *, kinds: Sequence[IdentifierKind], region: str | None) -> Identifier:
    """Return what the text means among the kinds that the page takes.

    Raises `user.invalid_email` and `user.invalid_phone`. Any text passes as a username: what a username may look like
    is decided where one is chosen.
    """
    text = typed.strip()
    if "email" in kinds and ("@" in text or tuple(kinds) == ("email",)):
        assert_valid_email(text)
        return Identifier("email", text)
    if "phone" in kinds and (looks_like_phone(text) or "username" not in kinds):
        return Identifier("phone", normalize_phone(text, region=region))
    if "username" in kinds:
        return Identifier("username", text)
    raise AppError("user.invalid_email")


def shown_identifier(identifier: Identifier) -> str:
    """Return the identifier as people write it."""
    return f"+{identifier.value}" if identifier.kind == "phone" else identifier.value


def identifier_label(kinds: Sequence[str]) -> str:
    """Return the name of a field that takes these kinds."""
    match tuple(kind for kind in KINDS if kind in kinds):
        case ("username",):
            return gettext("Username")
        case ("email",):
            return gettext("Email address")
        case ("phone",):
            return gettext("Phone number")
        case ("username", "email"):
            return gettext("Email address or username")
        case ("username", "phone"):
            return gettext("Phone number or username")
        case ("email", "phone"):
            return gettext("Email address or phone number")
    return gettext("Email, phone number or username")
