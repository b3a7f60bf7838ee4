"""For whom a user's access token is, and with which scopes."""

from collections.abc import Sequence

from oidc import hot_roles
from oidc.errors import invalid_target
from oidc.offers import get_resource, offered_to_user
from oidc.scopes import OFFLINE_ACCESS, OPENID, kept, organization_audience, statics_of
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
        scopes = kept(exchange.scopes, exchange.organization_scopes)
        exchange.target = Target(organization_audience(organization_id), scopes, ORGANIZATION_LIFETIME)
    else:
        exchange.target = Target(None, kept(exchange.scopes, exchange.source.granted.statics), OPAQUE_LIFETIME)


def exchanged_target(exchange: Exchange) -> None:
    """Resolve what a token exchange is for, and keep of the requested scopes what is offered to the user now.

    Without resource and organization the token is for the provider itself; no refresh token comes with it.
    """
    indicator, organization_id = only_resource(exchange.form.resources), exchange.organization_id
    if indicator is not None:
        resource = get_resource(indicator)
        offered = offered_to_user(
            resource, user_id=exchange.user_id, client=exchange.client, organization_id=organization_id
        )
        scopes = kept(exchange.scopes, offered)
        exchange.target = Target(indicator, scopes, resource.access_token_ttl, organization_id)
    elif organization_id is not None:
        scopes = kept(exchange.scopes, exchange.organization_scopes)
        exchange.target = Target(organization_audience(organization_id), scopes, ORGANIZATION_LIFETIME)
    else:
        scopes = tuple(name for name in statics_of(exchange.scopes) if name != OFFLINE_ACCESS)
        exchange.target = Target(None, scopes, OPAQUE_LIFETIME)


def _resource_target(exchange: Exchange, indicator: str, organization_id: str | None) -> Target:
    resource = get_resource(indicator)
    if indicator not in exchange.source.resources:
        raise invalid_target()
    offered = offered_to_user(
        resource,
        user_id=exchange.user_id,
        client=exchange.client,
        organization_id=organization_id,
        let_into=hot_roles.read_organizations_of_grant(exchange.grant_id) if exchange.client.has_document else (),
    )
    granted = exchange.source.granted.by_resource.get(indicator, ())
    scopes = kept(exchange.scopes, granted, offered)
    return Target(indicator, scopes, resource.access_token_ttl, organization_id)
