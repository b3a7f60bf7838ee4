"""The grant `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""

from typing import Any

from django.db import IntegrityError, transaction

from events.services.audit import record_event
from oidc.clients import REFRESH_TOKEN
from oidc.errors import invalid_grant, missing_parameter
from oidc.policies import assert_application_admits
from oidc.scopes import OFFLINE_ACCESS, split_scope
from oidc.token.exchange import Exchange, Replayed
from oidc.token.issuing import issue_refresh_token, issue_user_access_token, sign_id_token
from oidc.token.lifetimes import first_expiry
from oidc.token.targets import user_target
from oidc.validator import VALIDATOR

AUDIT_KEY = "ExchangeTokenBy.AuthorizationCode"
PARAMETERS = frozenset({"code", "redirect_uri", "code_verifier"})


def good_code(exchange: Exchange) -> None:
    """The code exists, is this client's, has not expired, and its grant and user are in good standing."""
    code = exchange.form.require("code")
    if not VALIDATOR.validate_code(exchange.client.id, code, exchange.client, exchange):
        raise invalid_grant("the code is unknown, expired or not this client's")


def proven_key(exchange: Exchange) -> None:
    """The client holds the verifier of the code's challenge."""
    if not VALIDATOR.validate_code_verifier(exchange.form.get("code_verifier"), exchange):
        raise invalid_grant("PKCE verification failed")


def same_redirect_uri(exchange: Exchange) -> None:
    """The redirect URI is repeated exactly; a client with only one may leave it out."""
    uri = exchange.form.get("redirect_uri") or VALIDATOR.get_default_redirect_uri(exchange.client.id, exchange)
    if not uri:
        raise missing_parameter("redirect_uri")
    if not VALIDATOR.confirm_redirect_uri(exchange.client.id, "", uri, exchange.client, exchange):
        raise invalid_grant("redirect_uri mismatch")


def first_use(exchange: Exchange) -> None:
    """The code was not used before; a second use revokes what the first one gave (RFC 6749 section 4.1.2)."""
    if exchange.source.consumed_at is not None:
        raise _replayed(exchange)


def requested_scopes(exchange: Exchange) -> None:
    """What was granted at the authorization endpoint."""
    exchange.scopes = split_scope(exchange.source.scope)


def application_admits_user(exchange: Exchange) -> None:
    """The application's access control lets the user in."""
    assert_application_admits(exchange.client, user_id=exchange.user_id)


def issue(exchange: Exchange) -> dict[str, Any]:
    """Redeem the code and issue its tokens, together or not at all."""
    id_token = sign_id_token(exchange)
    is_offline = OFFLINE_ACCESS in exchange.scopes
    try:
        with transaction.atomic():
            if not VALIDATOR.invalidate_authorization_code(exchange.client.id, "", exchange):
                raise _replayed(exchange)
            answer = issue_user_access_token(exchange, expires_with_session=not is_offline) | id_token
            if exchange.client.allows_grant_type(REFRESH_TOKEN) and (
                is_offline or exchange.client.always_issues_refresh_token
            ):
                answer |= issue_refresh_token(
                    exchange,
                    expires_at=first_expiry(exchange.source, exchange.client, moment=exchange.moment),
                    family_started_at=exchange.moment,
                    expires_with_session=not is_offline,
                )
            record_event(
                AUDIT_KEY, user_id=exchange.user_id, application_id=exchange.client.id, **exchange.audit_details()
            )
            return answer
    except IntegrityError as error:
        raise invalid_grant("user, application or grant was deleted meanwhile") from error


def _replayed(exchange: Exchange) -> Replayed:
    return Replayed(exchange.source.standing.grant_id, "the code was used before")


STEPS = (
    good_code,
    proven_key,
    same_redirect_uri,
    first_use,
    requested_scopes,
    application_admits_user,
    user_target,
)
