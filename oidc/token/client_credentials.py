"""The grant `client_credentials` (RFC 6749 section 4.4): a machine's token for an API or an organization."""

from typing import Any

from access.selectors import default_resource
from applications.hot import read_application_roles
from applications.scopes import intersect_scopes, organization_audience, split_scope
from common.oauth.errors import access_denied, invalid_target
from events.write_behind import record_later
from oidc.claims.available_scopes import get_resource, scopes_available_to_client, scopes_of_organization_roles
from oidc.token.exchange import Exchange, Target
from oidc.token.issuing import sign_access_token
from oidc.token.targets import ORGANIZATION_LIFETIME, only_resource
from organizations.selectors import scope_names_of_roles

AUDIT_KEY = "ExchangeTokenBy.ClientCredentials"
PARAMETERS = frozenset({"scope", "organization_id"})


def requested_scopes(exchange: Exchange) -> None:
    """Only what is asked for: a machine that names no scope gets none."""
    exchange.scopes = split_scope(exchange.form.get("scope"))


def machine_target(exchange: Exchange) -> None:
    """Resolve resource and organization, and keep of the requested scopes what the application's roles offer."""
    indicator = only_resource(exchange.form.resources)
    if exchange.organization_id is not None:
        exchange.target = _organization_target(exchange, indicator, exchange.organization_id)
        return
    if indicator is None and (default := default_resource()):
        indicator = default.indicator
    if indicator is None:
        raise invalid_target("both `resource` and `organization_id` are not provided")
    resource = get_resource(indicator)
    offered = scopes_available_to_client(resource, client=exchange.client)
    exchange.target = Target(
        indicator,
        intersect_scopes(exchange.scopes, offered),
        resource.access_token_ttl,
        header_type=resource.header_type,
    )


def _organization_target(exchange: Exchange, indicator: str | None, organization_id: str) -> Target:
    resource = None if indicator is None else get_resource(indicator)
    role_ids = read_application_roles(exchange.client.id, organization_id)
    if role_ids is None:
        raise access_denied("app has not associated with the organization", status=403)
    if resource is None:
        scopes = intersect_scopes(exchange.scopes, scope_names_of_roles(role_ids))
        return Target(organization_audience(organization_id), scopes, ORGANIZATION_LIFETIME)
    scopes = intersect_scopes(exchange.scopes, scopes_of_organization_roles(resource, role_ids))
    return Target(resource.indicator, scopes, resource.access_token_ttl, organization_id, resource.header_type)


def issue(exchange: Exchange) -> dict[str, Any]:
    """Sign the token; the audit entry is the only write, and nobody waits for it."""
    target = exchange.resolved_target
    is_for_organization = exchange.organization_id is not None and not exchange.form.resources
    answer = sign_access_token(exchange, target, subject=exchange.client.id, always_scope=is_for_organization)
    record_later(AUDIT_KEY, application_id=exchange.client.id, **exchange.audit_details())
    return answer


STEPS = (requested_scopes, machine_target)
