"""The `Legacy` method: a digest with its own recipe, `[algorithm, [arguments with "@"], digest]` in JSON."""

import json
from collections.abc import Callable
from typing import NamedTuple, Protocol

from common.errors import AppError
from identity.passwords.formats.bcrypt_sha256 import BcryptSha256Recipe
from identity.passwords.formats.firebase_scrypt import FirebaseScryptRecipe
from identity.passwords.formats.joined_hash import JoinedHashRecipe
from identity.passwords.formats.keyed_hash import KeyedHashRecipe
from identity.passwords.formats.ldap import LdapRecipe
from identity.passwords.formats.pbkdf2 import Pbkdf2Recipe
from identity.passwords.formats.scrypt import ScryptRecipe

Argument = str | int


class Recipe(Protocol):
    """A parsed and bounded recipe, ready to be applied to a password."""

    def matches(self, password: bytes) -> bool:
        """Return whether the password leads to the expected digest."""
        ...


class _Parts(NamedTuple):
    algorithm: str
    arguments: list[Argument]
    expected: str


_RECIPES: dict[str, Callable[[list[Argument], str], Recipe]] = {
    "pbkdf2": Pbkdf2Recipe.parse,
    "pbkdf2Sync": Pbkdf2Recipe.parse,
    "firebase-scrypt": FirebaseScryptRecipe.parse,
    "scrypt": ScryptRecipe.parse,
    "hmac": KeyedHashRecipe.parse,
    "ldap": LdapRecipe.parse,
    "bcrypt-sha256": BcryptSha256Recipe.parse,
}


def _parts_of(digest: str) -> _Parts:
    try:
        decoded = json.loads(digest)
    except (ValueError, RecursionError):
        raise AppError("password.invalid_legacy_password_format") from None
    match decoded:
        case [str(algorithm), list(arguments), str(expected)] if algorithm and expected:
            pass
        case _:
            raise AppError("password.invalid_legacy_password_format")
    if not all(isinstance(argument, str | int) and not isinstance(argument, bool) for argument in arguments):
        raise AppError("password.invalid_legacy_password_format")
    # Without a place for the password every password would do.
    if "@" not in arguments:
        raise AppError("password.invalid_legacy_password_format")
    return _Parts(algorithm, arguments, expected)


def parse_recipe(digest: str) -> Recipe:
    """Read a legacy digest.

    Raises `password.invalid_legacy_password_format` for a malformed or too costly recipe and
    `password.unsupported_legacy_hash_algorithm` for a hash that this installation does not know.
    """
    parts = _parts_of(digest)
    special = _RECIPES.get(parts.algorithm)
    if special is not None:
        return special(parts.arguments, parts.expected)
    return JoinedHashRecipe.parse(parts.algorithm, parts.arguments, parts.expected)


class LegacyFormat:
    """Passwords of older systems, described by their recipe."""

    is_costly = True
    needs_decoy = True

    def validate(self, digest: str) -> None:
        parse_recipe(digest)

    def verify(self, password: bytes, digest: str) -> bool:
        return parse_recipe(digest).matches(password)
