"""For whom a user's access token is, and with which scopes."""

from collections.abc import Sequence

from applications.scopes import OFFLINE_ACCESS, OPENID, intersect_scopes, organization_audience, static_scopes_of
from common.oauth.errors import invalid_target
from oidc.claims import role_statements
from oidc.claims.available_scopes import get_resource, scopes_available_to_user
from oidc.claims.protected_resources import canonical_resources
from oidc.token.exchange import Exchange, Target

OPAQUE_LIFETIME = 3600
ORGANIZATION_LIFETIME = 3600


def only_resource(indicators: Sequence[str]) -> str | None:
    """Return the one resource of a request; raises `invalid_target` for several."""
    if len(indicators) > 1:
        raise invalid_target("only a single resource indicator value must be requested")
    return indicators[0] if indicators else None


def _indicator(exchange: Exchange) -> str | None:
    """The resource that is asked for; without `openid` the granted one stands in for none."""
    if exchange.form.resources or OPENID in exchange.scopes or exchange.organization_id:
        return only_resource(exchange.form.resources)
    return only_resource(exchange.source.resources)


def user_target(exchange: Exchange) -> None:
    """Resolve resource and organization, and keep of the requested scopes what was granted and is offered now."""
    indicator, organization_id = _indicator(exchange), exchange.organization_id
    if indicator is not None:
        exchange.target = _resource_target(exchange, indicator, organization_id)
    elif organization_id is not None:
        scopes = intersect_scopes(exchange.scopes, exchange.organization_scopes)
        exchange.target = Target(organization_audience(organization_id), scopes, ORGANIZATION_LIFETIME)
    else:
        exchange.target = Target(
            None, intersect_scopes(exchange.scopes, exchange.source.granted.statics), OPAQUE_LIFETIME
        )


def _api_of(exchange: Exchange) -> str | None:
    """The API that `resource`, `audience` or both name; raises `invalid_target` where they name several."""
    named = exchange.form.get("audience")
    audience = canonical_resources((named,), origin=exchange.origin) if named else ()
    return only_resource(tuple(dict.fromkeys((*exchange.form.resources, *audience))))


def exchanged_target(exchange: Exchange) -> None:
    """Resolve what a token exchange is for, and keep of the requested scopes what is offered to the user now.

    `audience` names the API as `resource` does (RFC 8693 section 2.1). Without an API and an organization the token is
    for the provider itself; no refresh token comes with it.
    """
    indicator, organization_id = _api_of(exchange), exchange.organization_id
    if indicator is not None:
        resource = get_resource(indicator)
        offered = scopes_available_to_user(
            resource, user_id=exchange.user_id, client=exchange.client, organization_id=organization_id
        )
        scopes = intersect_scopes(exchange.scopes, offered)
        exchange.target = Target(indicator, scopes, resource.access_token_ttl, organization_id, resource.header_type)
    elif organization_id is not None:
        scopes = intersect_scopes(exchange.scopes, exchange.organization_scopes)
        exchange.target = Target(organization_audience(organization_id), scopes, ORGANIZATION_LIFETIME)
    else:
        scopes = tuple(name for name in static_scopes_of(exchange.scopes) if name != OFFLINE_ACCESS)
        exchange.target = Target(None, scopes, OPAQUE_LIFETIME)


def _resource_target(exchange: Exchange, indicator: str, organization_id: str | None) -> Target:
    resource = get_resource(indicator)
    if indicator not in exchange.source.resources:
        raise invalid_target()
    offered = scopes_available_to_user(
        resource,
        user_id=exchange.user_id,
        client=exchange.client,
        organization_id=organization_id,
        consented_organizations=role_statements.read_organizations_of_grant(exchange.grant_id)
        if exchange.client.has_document
        else (),
    )
    granted = exchange.source.granted.by_resource.get(indicator, ())
    scopes = intersect_scopes(exchange.scopes, granted, offered)
    return Target(indicator, scopes, resource.access_token_ttl, organization_id, resource.header_type)
