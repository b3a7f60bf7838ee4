"""Signing in to an organization, if the tenant has that: only its members come through."""

import re
from dataclasses import replace

from common.oauth.errors import invalid_request
from oidc.admission.policies import assert_organization_admits, signs_in_to_organizations
from oidc.authorization.request import Authorization

# Twelve letters and digits, as ids of organizations are: permissions that are named `organization:…` stay permissions.
_SCOPE = re.compile("organization:([a-z0-9]{12})", re.ASCII)
_PARAMETER = "organization_id"


def requested_organization(authorization: Authorization) -> None:
    """The parameter `organization_id`, or a scope `organization:<id>`, names the organization to sign in to; one.

    Without the tenant's switch the parameter is about looks and offers alone, and the scope is one of no meaning.
    """
    by_scope = {found[1]: found[0] for name in authorization.scopes if (found := _SCOPE.fullmatch(name))}
    named = by_scope.keys() | ({authorization.parameters.get(_PARAMETER)} - {""})
    if not named or not signs_in_to_organizations():
        return
    if len(named) > 1:
        raise invalid_request("only one organization can be signed in to")
    (authorization.organization_id,) = named
    authorization.scopes = tuple(name for name in authorization.scopes if name not in by_scope.values())
    values = {**authorization.parameters.values, _PARAMETER: authorization.organization_id}
    authorization.parameters = replace(authorization.parameters, values=values)


def organization_admits(authorization: Authorization, user_id: str, *, grant_id: str = "") -> None:
    """The organization lets the user in. Raises as `assert_organization_admits`; asked once the user has consented."""
    if authorization.organization_id:
        assert_organization_admits(
            authorization.client,
            user_id=user_id,
            organization_id=authorization.organization_id,
            grant_id=grant_id,
        )
