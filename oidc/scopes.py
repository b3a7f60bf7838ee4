"""The scopes that the provider itself knows, and the claims each of them brings."""

from collections.abc import Collection, Iterable

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
PROFILE = "profile"
EMAIL = "email"
PHONE = "phone"
ADDRESS = "address"
CUSTOM_DATA = "custom_data"
IDENTITIES = "identities"
ROLES = "roles"
ORGANIZATIONS = "urn:logto:scope:organizations"
ORGANIZATION_ROLES = "urn:logto:scope:organization_roles"
SESSIONS = "urn:logto:scope:sessions"
TRUSTED_DEVICES = "urn:logto:scope:trusted_devices"

# In the order of the discovery document.
STATIC_SCOPES = (
    OPENID,
    OFFLINE_ACCESS,
    PROFILE,
    EMAIL,
    PHONE,
    ADDRESS,
    CUSTOM_DATA,
    IDENTITIES,
    ROLES,
    ORGANIZATIONS,
    ORGANIZATION_ROLES,
    SESSIONS,
    TRUSTED_DEVICES,
)
_STATICS = frozenset(STATIC_SCOPES)

# What a scope always puts into the ID token and the userinfo answer …
STANDARD_CLAIMS: dict[str, tuple[str, ...]] = {
    OPENID: ("sub",),
    PROFILE: (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "username",
        "created_at",
    ),
    EMAIL: ("email", "email_verified"),
    PHONE: ("phone_number", "phone_number_verified"),
    ADDRESS: ("address",),
}
# … and what it puts into the userinfo answer, but into the ID token only where the tenant enables the claim.
EXTENDED_CLAIMS: dict[str, tuple[str, ...]] = {
    CUSTOM_DATA: ("custom_data",),
    IDENTITIES: ("identities", "sso_identities"),
    ROLES: ("roles",),
    ORGANIZATIONS: ("organizations", "organization_data"),
    ORGANIZATION_ROLES: ("organization_roles",),
}

CLAIMS = tuple(claim for table in (STANDARD_CLAIMS, EXTENDED_CLAIMS) for claims in table.values() for claim in claims)

# The resource indicator that stands for the permissions of the organization template.
ORGANIZATIONS_RESOURCE = "urn:logto:resource:organizations"
_ORGANIZATION_AUDIENCE = "urn:logto:organization:"


def organization_audience(organization_id: str) -> str:
    """Return the audience of an organization's tokens."""
    return f"{_ORGANIZATION_AUDIENCE}{organization_id}"


def split_scope(scope: str | None) -> tuple[str, ...]:
    """Return the scopes of a space-separated list (RFC 6749 section 3.3), each once, in order."""
    return tuple(dict.fromkeys(scope.split())) if scope else ()


def join_scope(scopes: Iterable[str]) -> str:
    """Return scopes as the `scope` parameter has them."""
    return " ".join(scopes)


def kept(scopes: Iterable[str], *limits: Collection[str]) -> tuple[str, ...]:
    """Return the scopes that are in every limit, in order."""
    return tuple(scope for scope in scopes if all(scope in limit for limit in limits))


def statics_of(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes among them that the provider itself knows, in order."""
    return kept(scopes, _STATICS)


def claims_of(
    scopes: Iterable[str], *, extended: Collection[str] | None = None, with_standard: bool = True
) -> tuple[str, ...]:
    """Return the claims that scopes bring; of the extended ones only those in `extended`, where it is given."""
    claims: list[str] = []
    for scope in scopes:
        claims += STANDARD_CLAIMS.get(scope, ()) if with_standard else ()
        claims += (claim for claim in EXTENDED_CLAIMS.get(scope, ()) if extended is None or claim in extended)
    return tuple(claims)
