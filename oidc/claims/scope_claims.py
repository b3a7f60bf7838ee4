"""The claims that each scope brings (OpenID Connect Core section 5.4)."""

from collections.abc import Collection, Iterable

from applications.scopes import (
    ADDRESS,
    CUSTOM_DATA,
    EMAIL,
    IDENTITIES,
    OPENID,
    ORGANIZATION_ROLES,
    ORGANIZATIONS,
    PHONE,
    PROFILE,
    ROLES,
)
from common.shapes import Choice, Items, Members
from tenants.services.settings import Setting

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

# Which extended claims go into ID tokens.
ID_TOKEN_SETTING = Setting(
    key="idToken",
    shape=Members(
        {
            "enabledExtendedClaims": Items(
                of=Choice(choices=tuple(claim for claims in EXTENDED_CLAIMS.values() for claim in claims)),
                max_items=64,
            )
        }
    ),
    default={"enabledExtendedClaims": ["roles", "organizations", "organization_roles"]},
)

CLAIMS = tuple(claim for table in (STANDARD_CLAIMS, EXTENDED_CLAIMS) for claims in table.values() for claim in claims)


def claims_of(
    scopes: Iterable[str], *, extended: Collection[str] | None = None, with_standard: bool = True
) -> tuple[str, ...]:
    """Return the claims that scopes bring; of the extended ones only those in `extended`, where it is given."""
    claims: list[str] = []
    for scope in scopes:
        claims += STANDARD_CLAIMS.get(scope, ()) if with_standard else ()
        claims += (claim for claim in EXTENDED_CLAIMS.get(scope, ()) if extended is None or claim in extended)
    return tuple(claims)
