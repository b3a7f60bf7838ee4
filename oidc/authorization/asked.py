"""What a request may bring its user's application: the limit of every grant."""

from oidc.authorization.request import Authorization
from oidc.offers import get_resource, offered_to_user
from oidc.scopes import kept, statics_of
from oidc.services.grants import ScopeSet


def asked_of(authorization: Authorization, user_id: str) -> ScopeSet:
    """Return the provider's scopes that are asked for, and of each resource what it offers this user now."""
    organization_id = authorization.parameters.get("organization_id") or None
    chosen = authorization.answer.organization_ids if authorization.answer else None
    offers = {
        indicator: offered_to_user(
            get_resource(indicator),
            user_id=user_id,
            client=authorization.client,
            organization_id=organization_id,
            let_into=chosen or (),
        )
        for indicator in authorization.resources
    }
    return ScopeSet(
        statics_of(authorization.scopes),
        {indicator: kept(authorization.scopes, offered) for indicator, offered in offers.items()},
    )
