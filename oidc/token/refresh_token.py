"""The grant `refresh_token` (RFC 6749 section 6, RFC 9700 section 4.14): also how organization tokens are had."""

from typing import Any

from django.db import IntegrityError

from applications.allowed_scopes import allowed_to_ask
from applications.scopes import (
    ORGANIZATIONS,
    ORGANIZATIONS_RESOURCE,
    intersect_scopes,
    join_scope,
    split_scope,
    static_scopes_of,
)
from common.oauth.errors import OAuthError, access_denied, insufficient_scope, invalid_grant
from events.history import new_entry
from oidc.admission.policies import (
    application_may_act_in,
    assert_application_admits,
    assert_member,
    assert_second_factor,
    get_membership,
)
from oidc.token import statements
from oidc.token.exchange import Exchange, ReplayError
from oidc.token.issuing import issue_refresh_token, issue_user_access_token, sign_id_token
from oidc.token.key_binding import bound_to_key
from oidc.token.lifetimes import REUSE_LEEWAY, is_replay, successor_expiry
from oidc.token.organization import signed_in_organization
from oidc.token.targets import user_target
from oidc.token.validator import VALIDATOR
from organizations.selectors import member_scopes_of
from tenants.database.statements import NewRow, write_rows

AUDIT_KEY = "ExchangeTokenBy.RefreshToken"
PARAMETERS = frozenset({"refresh_token", "scope", "organization_id"})


def good_refresh_token(exchange: Exchange) -> None:
    """The token exists, is this client's, has not expired, and its grant, session and user are in good state."""
    token = exchange.form.require("refresh_token")
    if not VALIDATOR.validate_refresh_token(token, exchange.client, exchange):
        raise invalid_grant("the refresh token is unknown, expired or not this client's")


def scope_within_grant(exchange: Exchange) -> None:
    """The request asks for no more than was granted (RFC 6749 section 6)."""
    granted = VALIDATOR.get_original_scopes("", exchange)
    exchange.scopes = split_scope(exchange.form.get("scope")) or tuple(granted)
    if missing := [scope for scope in exchange.scopes if scope not in granted]:
        raise OAuthError("invalid_scope", "refresh token missing requested scope", extra={"scope": join_scope(missing)})


def still_configured(exchange: Exchange) -> None:
    """A third-party application loses the provider's scopes that its configuration names no more."""
    if exchange.client.is_third_party:
        allowed = allowed_to_ask(exchange.client).statics
        gone = {name for name in static_scopes_of(exchange.scopes) if name not in allowed}
        exchange.scopes = tuple(name for name in exchange.scopes if name not in gone)


def not_replayed(exchange: Exchange) -> None:
    """A rotated token comes again within the leeway at most."""
    if is_replay(exchange.source.consumed_at, moment=exchange.moment):
        raise _replayed(exchange)


def application_admits_user(exchange: Exchange) -> None:
    """The application's access control lets the user in."""
    assert_application_admits(exchange.client, user_id=exchange.user_id)


def organization_admits_user(exchange: Exchange) -> None:
    """The user is a member, the application may act there, and the user has the second factor it requires."""
    if exchange.organization_id is None:
        return
    # Read with the refresh token; a token exchange has none.
    token = exchange.credential
    membership = (
        assert_member(member_scopes_of(token.membership))
        if token
        else get_membership(exchange.user_id, exchange.organization_id)
    )
    if not application_may_act_in(
        exchange.client,
        user_id=exchange.user_id,
        organization_id=exchange.organization_id,
        grant_id=exchange.grant_id,
    ):
        raise access_denied("organization access is not granted to the application", status=403)
    assert_second_factor(membership, user_id=exchange.user_id)
    exchange.organization_scopes = tuple(membership.names)
    if exchange.client.is_third_party:
        # A permission of an API may have the name of one of the template: only what was granted as the latter counts.
        granted = exchange.source.granted.by_resource.get(ORGANIZATIONS_RESOURCE, ())
        allowed = allowed_to_ask(exchange.client).organization_scopes
        exchange.organization_scopes = intersect_scopes(membership.names, granted, allowed)


def organizations_scope_granted(exchange: Exchange) -> None:
    """Tokens for organizations need the scope that opens them."""
    held = split_scope(exchange.source.scope)
    if exchange.client.is_third_party:
        held = intersect_scopes(held, allowed_to_ask(exchange.client).statics)
    if exchange.organization_id is not None and ORGANIZATIONS not in held:
        raise insufficient_scope("refresh token missing required scope", ORGANIZATIONS)


def issue(exchange: Exchange) -> dict[str, Any]:
    """Rotate the refresh token where that is due, and issue, together or not at all."""
    source = exchange.source
    expires_with_session = source.state.expires_with_session
    id_token = sign_id_token(exchange)
    refresh_token = {"refresh_token": exchange.form.get("refresh_token")}
    is_rotated = VALIDATOR.rotate_refresh_token(exchange)
    if is_rotated:
        refresh_token = issue_refresh_token(
            exchange,
            expires_at=successor_expiry(source, exchange.client, moment=exchange.moment),
            family_started_at=source.family_started_at,
            expires_with_session=expires_with_session,
        )
    answer = issue_user_access_token(exchange, expires_with_session=expires_with_session)
    event = new_entry(
        AUDIT_KEY, user_id=exchange.user_id, application_id=exchange.client.id, **exchange.audit_details()
    )
    try:
        _write(exchange, [*exchange.rows, event], is_rotated=is_rotated)
    except IntegrityError as error:
        raise invalid_grant("user, application or grant was deleted meanwhile") from error
    return answer | id_token | refresh_token


def _write(exchange: Exchange, rows: list[NewRow], *, is_rotated: bool) -> None:
    if not is_rotated:
        write_rows(rows)
        return
    used_at = statements.redeem_refresh_token(
        exchange.source.id, moment=exchange.moment, first_use_after=exchange.moment - REUSE_LEEWAY, rows=rows
    )
    if used_at is None:
        raise invalid_grant("the refresh token was revoked meanwhile")
    if is_replay(used_at, moment=exchange.moment):
        raise _replayed(exchange)


def _replayed(exchange: Exchange) -> ReplayError:
    return ReplayError(exchange.source.state.grant_id, "the refresh token was used before")


STEPS = (
    good_refresh_token,
    bound_to_key,
    scope_within_grant,
    still_configured,
    not_replayed,
    application_admits_user,
    signed_in_organization,
    organization_admits_user,
    organizations_scope_granted,
    user_target,
)
