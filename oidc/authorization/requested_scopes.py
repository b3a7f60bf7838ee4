"""What a request may bring its user's application: the limit of every grant."""

from applications.scopes import intersect_scopes, static_scopes_of
from oidc.authorization.request import Authorization
from oidc.claims.available_scopes import get_resource, scopes_available_to_user
from oidc.sessions.grants import ScopeSet


def requested_scope_set(authorization: Authorization, user_id: str) -> ScopeSet:
    """Return the provider's scopes that are asked for, and of each resource what it offers this user now."""
    organization_id = authorization.parameters.get("organization_id") or None
    chosen = authorization.answer.organization_ids if authorization.answer else None
    offers = {
        indicator: scopes_available_to_user(
            get_resource(indicator),
            user_id=user_id,
            client=authorization.client,
            organization_id=organization_id,
            consented_organizations=chosen or (),
        )
        for indicator in authorization.resources
    }
    return ScopeSet(
        static_scopes_of(authorization.scopes),
        {indicator: intersect_scopes(authorization.scopes, offered) for indicator, offered in offers.items()},
    )
