"""Reads of users."""

from collections.abc import Iterable
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet

from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from connectors.factories import Channel
from connectors.models import DeliveryProblem
from connectors.selectors import find_delivery_problems
from identity import searching
from identity.factor_types import FactorType
from identity.identifier_keys import IdentifierKind, identifier_key, is_storable
from identity.identifiers import phone_digits
from identity.models import Factor, OneTimeToken, PersonalAccessToken, SsoIdentity, TrustedDevice, User
from identity.searching import has_trigram
from tenants.database.rows import find, find_all
from tenants.database.shapes import Shape

_COLUMN_OF_KIND: dict[IdentifierKind, str] = {
    "username": "username_key",
    "email": "email_key",
    "phone": "primary_phone",
}


def find_user(user_id: str) -> User | None:
    """Return the tenant's user with this id, or `None`. One statement."""
    return find(User, "r.id = %s", user_id) if is_storable(user_id) else None


def get_user(user_id: str) -> User:
    """Return the tenant's user with this id. Raises `entity.not_found`. One statement."""
    user = find_user(user_id)
    if user is None:
        raise AppError("entity.not_found")
    return user


def find_user_by_identifier(kind: IdentifierKind, value: str) -> User | None:
    """Return the user who has the identifier, or `None`. One statement, an index look-up.

    Email addresses are compared without regard to case and numbers by their digits; usernames as the
    tenant's policy has it.
    """
    if not value or not is_storable(value):
        return None
    key = identifier_key(kind, value)
    return find(User, f"r.{_COLUMN_OF_KIND[kind]} = %s", key)


def list_users_by_identifiers(values: Iterable[str]) -> list[User]:
    """Return the accounts that any of these identifiers lead to, whatever their kind."""
    found = (find_user_by_identifier(kind, value) for value in values for kind in _COLUMN_OF_KIND)
    return [user for user in found if user is not None]


def list_users() -> QuerySet[User]:
    """Return the tenant's users, newest first: the base that searches narrow."""
    return User.objects.order_by("-created_at", "-id")


def search_users(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Return the users whose name, identifiers or id hold every word of the text in any case, or the number it is.

    One column holds all that can be searched, in lower case, under a trigram index.
    """
    words, digits = text.lower().split(), phone_digits(text)
    condition = reduce(and_, (Q(search__contains=word) for word in words), Q())
    by_index = any(map(has_trigram, words))
    if digits:
        condition, by_index = condition | Q(search__contains=digits), by_index and has_trigram(digits)
    parts = [*words, *([digits] if digits else [])] if len(words) == 1 else []
    return searching.search(users, condition, by_index=by_index, parts=parts) if words else users


USER_INFO = Shape(
    User,
    "id",
    "username",
    "primary_email",
    "primary_phone",
    "name",
    "avatar",
    "custom_data",
    "identities",
    "last_sign_in_at",
    "created_at",
    "updated_at",
    "profile",
    "application_id",
    "cimd_client_id",
    "is_suspended",
)


def user_info(user: User) -> dict[str, Any]:
    """Return the user's public fields as they stand on the wire; callers add what depends on the endpoint."""
    return USER_INFO.of(user)


def lock_active_user(user_id: str) -> User | None:
    """Return a user, held until the transaction ends; `None` for one who is suspended or gone. 1 statement."""
    return find(User, "r.id = %s AND NOT r.is_suspended", user_id, lock="FOR NO KEY UPDATE")


def has_mfa_factor(user: User) -> bool:
    """Whether the user has set up an authenticator app or a passkey. One statement.

    Codes by email and text message follow from the sign-in settings and do not count here; neither do backup codes,
    which only stand in for another factor.
    """
    return Factor.objects.filter(user=user, type__in=[FactorType.TOTP, FactorType.WEBAUTHN]).exists()


def list_factors(user: User) -> list[Factor]:
    """Return every factor that the user has set up, oldest first. One statement."""
    return find_all(Factor, "r.user_id = %s", user.id, order="r.created_at, r.id")


def find_factor(user: User, factor_id: str) -> Factor | None:
    """Return one of the user's factors by its id. One statement."""
    return find(Factor, "r.user_id = %s AND r.id = %s", user.id, factor_id) if is_storable(factor_id) else None


def find_factor_of_type(user: User, factor_type: FactorType) -> Factor | None:
    """Return the user's factor of a type of which there is one at most. One statement."""
    return find(Factor, "r.user_id = %s AND r.type = %s", user.id, factor_type.value)


def find_user_by_social_identity(target: str, identity_id: str) -> User | None:
    """Return the user who has an account at a provider linked, or `None`. One statement."""
    if not is_storable(identity_id):
        return None
    linked = "SELECT user_id FROM identity_socialidentity s WHERE s.tenant_id = r.tenant_id"
    return find(User, f"r.id = ({linked} AND s.target = %s AND s.identity_id = %s)", target, identity_id)


def find_sso_identity(connector_id: str, issuer: str, identity_id: str) -> SsoIdentity | None:
    """Return a user's account at an enterprise's identity provider, or `None`. One statement."""
    if not (is_storable(issuer) and is_storable(identity_id)):
        return None
    where = "r.connector_id = %s AND r.issuer = %s AND r.identity_id = %s"
    return find(SsoIdentity, where, connector_id, issuer, identity_id)


def get_sso_identity(user: User, connector_id: str) -> SsoIdentity:
    """Return a user's account at the identity provider of a connector, the one linked last.

    Raises `user.enterprise_sso_identity_not_exists`. One statement.
    """
    where, order = "r.user_id = %s AND r.connector_id = %s", "r.created_at DESC"
    found = find_all(SsoIdentity, where, user.id, connector_id, order=order) if is_storable(connector_id) else []
    if not found:
        raise AppError("user.enterprise_sso_identity_not_exists")
    return found[0]


def has_sso_identity(user: User) -> bool:
    """Whether an account at an enterprise's identity provider is linked to the user. One statement."""
    return SsoIdentity.objects.filter(user=user).exists()


def list_sso_identities(user: User) -> list[SsoIdentity]:
    """Return a user's accounts at the identity providers of enterprises, oldest first. One statement."""
    return find_all(SsoIdentity, "r.user_id = %s", user.id, order="r.created_at, r.id")


TRUSTED_DEVICE_INFO = Shape(
    TrustedDevice, "id", "user_agent", "country", "city", "created_at", "last_used_at", "expires_at"
)


def compared_addresses(user: User) -> dict[Channel, str]:
    """Return the user's addresses in the form in which they are compared, by channel."""
    addresses: dict[Channel, str | None] = {"email": user.primary_email, "phone": user.primary_phone}
    return {channel: identifier_key(channel, address) for channel, address in addresses.items() if address}


def list_delivery_problems(user: User) -> dict[Channel, DeliveryProblem]:
    """Return what providers reported of the user's addresses, by channel."""
    return find_delivery_problems(compared_addresses(user))


def list_trusted_devices(user: User) -> QuerySet[TrustedDevice]:
    """Return the devices that stand in for a user's second factor, the one used last first; none whose time is over."""
    return TrustedDevice.objects.filter(user=user, expires_at__gt=now()).order_by("-last_used_at", "-id")


def list_personal_access_tokens(user: User) -> QuerySet[PersonalAccessToken]:
    """Return a user's personal access tokens, oldest first, expired ones too."""
    return PersonalAccessToken.objects.filter(user=user).order_by("created_at", "id")


def find_personal_access_token(user: User, name: str) -> PersonalAccessToken | None:
    """Return a user's personal access token by its name. One statement."""
    return PersonalAccessToken.objects.filter(user=user, name=name).first() if is_storable(name) else None


def get_personal_access_token(user: User, name: str, *, code: str = "entity.not_exists") -> PersonalAccessToken:
    """Return a user's personal access token by its name; raises `code`. One statement."""
    token = find_personal_access_token(user, name)
    if token is None:
        raise AppError(code)
    return token


def find_usable_personal_access_token(value: str) -> PersonalAccessToken | None:
    """Return the personal access token with this value, if it has not expired. One statement.

    Whether its user may still come in is for the caller to look at.
    """
    token = PersonalAccessToken.objects.filter(value_sha256=sha256_hex(value)).first() if is_storable(value) else None
    return None if token is None or token.is_expired(now()) else token


def list_one_time_tokens(*, email: str | None = None, status: str | None = None) -> QuerySet[OneTimeToken]:
    """Return one-time tokens, newest first, of exactly this address and with the status that they have now."""
    tokens = OneTimeToken.objects.order_by("-created_at", "-id")
    if email is not None:
        tokens = tokens.filter(email=email) if is_storable(email) else tokens.none()
    is_active, is_overdue = Q(status=OneTimeToken.Status.ACTIVE), Q(expires_at__lte=now())
    match status:
        case None:
            return tokens
        case OneTimeToken.Status.ACTIVE:
            return tokens.filter(is_active & ~is_overdue)
        case OneTimeToken.Status.EXPIRED:
            return tokens.filter(Q(status=OneTimeToken.Status.EXPIRED) | (is_active & is_overdue))
    return tokens.filter(status=status)


def get_one_time_token(token_id: str) -> OneTimeToken:
    """Return a one-time token by its id; raises `entity.not_exists_with_id`. One statement."""
    token = OneTimeToken.objects.filter(id=token_id).first() if is_storable(token_id) else None
    if token is None:
        raise AppError("entity.not_exists_with_id")
    return token


def find_one_time_token(value: str, *, lock: bool = False) -> OneTimeToken | None:
    """Return the one-time token with this value, whatever has become of it. One statement.

    With `lock` it is held until the transaction ends.
    """
    if not is_storable(value):
        return None
    tokens = OneTimeToken.objects.select_for_update() if lock else OneTimeToken.objects.all()
    return tokens.filter(token_sha256=sha256_hex(value)).first()
