"""A user as an export has one: the members that `identity.imports.sources.gatehouse` reads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from common.clock import to_milliseconds
from common.crypto import base64url
from identity.factor_types import FactorType
from identity.factors.totp.service import reveal_totp_secret
from identity.imports.memberships import memberships
from identity.models import Factor, SsoIdentity, User, UserRole

#: In the order of columns; those of secrets come last and only if they are wanted.
MEMBERS = (
    "id",
    "username",
    "primaryEmail",
    "primaryPhone",
    "name",
    "avatar",
    "profile",
    "customData",
    "logtoConfig",
    "identities",
    "ssoIdentities",
    "roles",
    "organizations",
    "passkeys",
    "isSuspended",
    "createdAt",
    "lastSignInAt",
)
PASSWORD_MEMBERS = ("passwordDigest", "passwordAlgorithm", "isPasswordExpired")
TOTP_MEMBERS = ("totpSecret",)


def export_rows(users: Sequence[User], *, with_passwords: bool, with_totp_secrets: bool) -> list[dict[str, Any]]:
    """Return users with what belongs to them. 5 statements, whatever their number."""
    ids = [user.id for user in users]
    roles, factors = _roles(ids), _factors(ids)
    enterprise, organizations = _enterprise_identities(ids), memberships().describe(ids)
    rows = []
    for user in users:
        row = {
            "id": user.id,
            "username": user.username,
            "primaryEmail": user.primary_email,
            "primaryPhone": user.primary_phone,
            "name": user.name,
            "avatar": user.avatar,
            "profile": user.profile,
            "customData": user.custom_data,
            "logtoConfig": user.account_settings,
            "identities": user.identities,
            "ssoIdentities": enterprise.get(user.id, []),
            "roles": roles.get(user.id, []),
            "organizations": organizations.get(user.id, []),
            "passkeys": [_passkey(factor) for factor in factors[user.id] if factor.type == FactorType.WEBAUTHN],
            "isSuspended": user.is_suspended,
            "createdAt": to_milliseconds(user.created_at),
            "lastSignInAt": to_milliseconds(user.last_sign_in_at),
        }
        if with_passwords:
            row["passwordDigest"] = user.password_encrypted
            row["passwordAlgorithm"] = user.password_encryption_method
            row["isPasswordExpired"] = user.is_password_expired
        if with_totp_secrets:
            apps = [factor for factor in factors[user.id] if factor.type == FactorType.TOTP]
            row["totpSecret"] = reveal_totp_secret(apps[0]) if apps else None
        rows.append(row)
    return rows


def _roles(ids: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    held = UserRole.objects.filter(user_id__in=ids).order_by("role__name")
    for user_id, name in held.values_list("user_id", "role__name"):
        found[user_id].append(name)
    return found


def _factors(ids: Sequence[str]) -> Mapping[str, list[Factor]]:
    found: dict[str, list[Factor]] = defaultdict(list)
    for factor in Factor.objects.filter(user_id__in=ids).order_by("created_at", "id"):
        found[factor.user_id].append(factor)
    return found


def _enterprise_identities(ids: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    held = SsoIdentity.objects.filter(user_id__in=ids).select_related("connector").order_by("created_at", "id")
    for identity in held:
        found[identity.user_id].append(
            {
                "connector": identity.connector.connector_name,
                "issuer": identity.issuer,
                "identityId": identity.identity_id,
                "detail": identity.detail,
            }
        )
    return found


def _passkey(factor: Factor) -> dict[str, Any]:
    """A public key proves nothing by itself. The authenticator calls the user by the id they have here."""
    held = factor.details
    return {
        "credentialId": held["credentialId"],
        "publicKey": held["publicKey"],
        "counter": factor.counter,
        "transports": held.get("transports") or [],
        "aaguid": held.get("aaguid") or "",
        "rpId": held.get("rpId"),
        "name": factor.name,
        "userHandle": held.get("userHandle") or base64url(factor.user_id.encode()),
    }
