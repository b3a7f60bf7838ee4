"""The grant `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""

from typing import Any

from common.oauth.errors import invalid_grant, missing_parameter
from oidc.admission.policies import assert_application_admits
from oidc.token import statements
from oidc.token.exchange import Exchange
from oidc.token.key_binding import bound_to_key
from oidc.token.organization import signed_in_organization
from oidc.token.redemption import first_use, granted_scopes, redeem
from oidc.token.targets import user_target
from oidc.token.validator import VALIDATOR

AUDIT_KEY = "ExchangeTokenBy.AuthorizationCode"
PARAMETERS = frozenset({"code", "redirect_uri", "code_verifier"})


def good_code(exchange: Exchange) -> None:
    """The code exists, is this client's, has not expired, and its grant and user are in good state."""
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


def application_admits_user(exchange: Exchange) -> None:
    """The application's access control lets the user in."""
    assert_application_admits(exchange.client, user_id=exchange.user_id)


def issue(exchange: Exchange) -> dict[str, Any]:
    """Redeem the code and issue its tokens, together or not at all."""
    return redeem(
        exchange,
        audit_key=AUDIT_KEY,
        consume=lambda rows: statements.redeem_code(exchange.source.id, moment=exchange.moment, rows=rows),
    )


STEPS = (
    good_code,
    bound_to_key,
    proven_key,
    same_redirect_uri,
    first_use,
    granted_scopes,
    application_admits_user,
    signed_in_organization,
    user_target,
)
