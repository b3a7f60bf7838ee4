"""The organization that a user signed in to, if the tenant has that (`docs/organization-sign-in.md`)."""

from oidc.admission.policies import assert_organization_admits, signs_in_to_organizations
from oidc.token.exchange import Exchange


def signed_in_organization(exchange: Exchange) -> None:
    """The user is a member of it still. One statement if there is one, none otherwise."""
    organization_id = exchange.source.organization_id
    if organization_id and signs_in_to_organizations():
        assert_organization_admits(
            exchange.client,
            user_id=exchange.user_id,
            organization_id=organization_id,
            grant_id=exchange.grant_id,
        )
        exchange.signed_in_to = organization_id
