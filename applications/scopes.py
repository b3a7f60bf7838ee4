"""The scopes that the provider itself defines, and `scope` parameters as lists."""

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

# The resource indicator that stands for the permissions of the organization template.
ORGANIZATIONS_RESOURCE = "urn:logto:resource:organizations"
_ORGANIZATION_AUDIENCE = "urn:logto:organization:"


def organization_audience(organization_id: str) -> str:
    """Return the audience of an organization's tokens."""
    return f"{_ORGANIZATION_AUDIENCE}{organization_id}"


def organization_of_audience(audience: object) -> str:
    """Return the id of the organization whose tokens have this audience, empty for any other audience."""
    is_organization = isinstance(audience, str) and audience.startswith(_ORGANIZATION_AUDIENCE)
    return str(audience).removeprefix(_ORGANIZATION_AUDIENCE) if is_organization else ""


def split_scope(scope: str | None) -> tuple[str, ...]:
    """Return the scopes of a space-separated list (RFC 6749 section 3.3), each once, in order."""
    return tuple(dict.fromkeys(scope.split())) if scope else ()


def join_scope(scopes: Iterable[str]) -> str:
    """Return scopes as the `scope` parameter has them."""
    return " ".join(scopes)


def intersect_scopes(scopes: Iterable[str], *limits: Collection[str]) -> tuple[str, ...]:
    """Return the scopes that are in every limit, in order."""
    return tuple(scope for scope in scopes if all(scope in limit for limit in limits))


def static_scopes_of(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes among them that the provider itself knows, in order."""
    return intersect_scopes(scopes, _STATICS)
