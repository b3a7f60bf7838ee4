"""What a script is told: the token to be, and who and what it is about."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from applications.clients import AUTHORIZATION_CODE, TOKEN_EXCHANGE
from applications.scopes import OFFLINE_ACCESS, join_scope
from applications.selectors import find_any_application
from common.clock import to_milliseconds
from identity.selectors import find_user, user_info
from identity.sql import factor_types_document, roles_document, sso_identities_document
from oidc.custom_claims.configuration import TokenKind
from oidc.models import Session
from oidc.token.exchange import Exchange
from organizations.selectors import find_organization
from organizations.sql import organization_roles_document, organizations_document
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_one

_INTERACTION = ("interactionEvent", "userId", "verificationRecords", "signInContext")


class _Relations(NamedTuple):
    roles: list[dict[str, Any]]
    organizations: list[dict[str, Any]]
    organization_roles: list[dict[str, Any]]
    factor_types: list[str]
    sso_identities: list[dict[str, Any]]


_USER = {"tenant": "%(tenant)s", "user": "%(user)s"}
_ROLE = "jsonb_build_object('organizationId', m.organization_id, 'roleId', r.id, 'roleName', r.name)"
_READ_RELATIONS = f"""
SELECT {roles_document(**_USER)} AS roles, {organizations_document(**_USER)} AS organizations,
  {organization_roles_document(_ROLE, **_USER)} AS organization_roles,
  {factor_types_document(**_USER)} AS factor_types, {sso_identities_document(**_USER)} AS sso_identities"""


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def describe_token(exchange: Exchange, kind: TokenKind) -> dict[str, Any]:
    """Return the token that is about to be issued, as far as it is known before."""
    target = exchange.resolved_target
    token: dict[str, Any] = {
        "kind": kind.model_name,
        "jti": exchange.jti,
        "clientId": exchange.client.id,
        "aud": target.audience,
        "scope": join_scope(target.scopes),
    }
    if kind is TokenKind.ACCESS_TOKEN:
        token |= {"accountId": exchange.user_id, "gty": exchange.form.get("grant_type")}
    if source := exchange.credential:
        is_first = exchange.form.get("grant_type") == AUTHORIZATION_CODE
        ends_with_session = OFFLINE_ACCESS not in exchange.scopes if is_first else source.state.expires_with_session
        token |= {
            "grantId": source.state.grant_id,
            "expiresWithSession": ends_with_session,
            "sessionUid": source.session_id,
            "sid": source.sid or None,
        }
    return _without_none(token)


def describe_context(exchange: Exchange, kind: TokenKind) -> dict[str, Any]:
    """Return whom the token is for. At most four statements for a user's token, none for a machine's when warm."""
    application = _find_application(exchange.client.id)
    if kind is TokenKind.CLIENT_CREDENTIALS:
        return _without_none({"application": application})
    return _without_none(
        {
            "user": describe_user(exchange.user_id),
            "interaction": _find_interaction(exchange),
            "grant": _find_grant(exchange),
            "application": application,
            "organization": _find_organization(exchange.organization_id),
        }
    )


def _find_application(client_id: str) -> dict[str, Any] | None:
    """Describe the application without its secrets; it is read, never changed, by those who share it."""

    def load() -> dict[str, Any] | None:
        application = find_any_application(client_id)
        if application is None:
            return None
        return {
            "tenantId": application.tenant_id,
            "id": application.id,
            "name": application.name,
            "description": application.description,
            "type": application.type,
            "oidcClientMetadata": application.oidc_client_metadata,
            "customClientMetadata": application.custom_client_metadata,
            "protectedAppMetadata": application.protected_app_metadata,
            "customData": application.custom_data,
            "isThirdParty": application.is_third_party,
            "appLevelAccessControlEnabled": application.app_level_access_control_enabled,
            "createdAt": to_milliseconds(application.created_at),
        }

    return cached("custom_claims.application", client_id, load)


def describe_user(user_id: str) -> dict[str, Any] | None:
    """Return the user as scripts know them, with roles and organizations; `None` if there is none. 2 statements."""
    user = find_user(user_id)
    if user is None:
        return None
    related = fetch_one(_Relations, _READ_RELATIONS, {"tenant": current_tenant_id(), "user": user_id})
    assert related is not None  # noqa: S101 - a `SELECT` without `FROM` has one row
    return {
        **user_info(user),
        "hasPassword": user.has_password,
        "ssoIdentities": related.sso_identities,
        "mfaVerificationFactors": related.factor_types,
        "roles": related.roles,
        "organizations": related.organizations,
        "organizationRoles": related.organization_roles,
    }


def _find_interaction(exchange: Exchange) -> dict[str, Any] | None:
    session_id = exchange.credential.session_id if exchange.credential else None
    if session_id is None:
        return None
    submission = Session.objects.filter(id=session_id).values_list("last_submission", flat=True).first()
    return {name: submission[name] for name in _INTERACTION if name in submission} if submission else None


def _find_grant(exchange: Exchange) -> dict[str, Any] | None:
    """Only who acts by a subject token has a context to tell."""
    if exchange.subject is None or exchange.subject.subject_token_id is None:
        return None
    return {"type": TOKEN_EXCHANGE, "subjectTokenContext": dict(exchange.subject.context)}


def _find_organization(organization_id: str | None) -> dict[str, Any] | None:
    organization = find_organization(organization_id) if organization_id else None
    if organization is None:
        return None
    return {
        "id": organization.id,
        "name": organization.name,
        "description": organization.description,
        "customData": organization.custom_data,
    }
