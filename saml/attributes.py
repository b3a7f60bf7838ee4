"""What a service provider is told of a user: claims become attributes, and one of them the name. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from applications.scopes import EMAIL, OPENID
from common.errors import AppError
from common.saml.authn_requests import new_message_id
from oidc.claims.scope_claims import EXTENDED_CLAIMS, STANDARD_CLAIMS
from saml.models import NameIdFormat
from saml.providers import ServiceProvider

_SCOPE_OF = {
    claim: scope for table in (STANDARD_CLAIMS, EXTENDED_CLAIMS) for scope, claims in table.items() for claim in claims
}


def scopes_of(provider: ServiceProvider) -> list[str]:
    """Return the scopes whose claims the application's attributes and its name are made of."""
    scopes = [OPENID, *(_SCOPE_OF[claim] for claim in provider.attribute_mapping)]
    if provider.name_id_format == NameIdFormat.EMAIL:
        scopes.append(EMAIL)
    return list(dict.fromkeys(scopes))


def attributes_of(provider: ServiceProvider, claims: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values of each mapped attribute; one without a value is left out."""
    found: dict[str, list[str]] = {}
    for claim, name in provider.attribute_mapping.items():
        value = claims.get(claim)
        values = value if isinstance(value, list) else [value]
        if texts := [_text(each) for each in values if each not in (None, "")]:
            found[name] = found.get(name, []) + texts
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def name_id_of(provider: ServiceProvider, claims: Mapping[str, Any]) -> str:
    """Return the name by which the service provider knows the user.

    Raises `application.saml.missing_email_address` and `application.saml.email_address_unverified`.
    """
    match provider.name_id_format:
        case NameIdFormat.TRANSIENT:
            return new_message_id()
        case NameIdFormat.EMAIL:
            if not claims.get("email"):
                raise AppError("application.saml.missing_email_address")
            if not claims.get("email_verified"):
                raise AppError("application.saml.email_address_unverified")
            return str(claims["email"])
    return str(claims["sub"])
