"""The last check of every grant: the tenant's script, which adds claims to the access token or refuses it."""

from applications.clients import CLIENT_CREDENTIALS
from common.oauth.errors import access_denied, invalid_request
from common.sandbox.running import ScriptAccessDeniedError, ScriptError
from events.history import record
from oidc.custom_claims.configuration import Customizer, TokenKind, find_customizer
from oidc.custom_claims.runner import run_script
from oidc.token.exchange import Exchange
from oidc.token.script_context import describe_context, describe_token

# Nobody relies on a token whose script could say who issued it, to whom, for what, until when or for which key.
PROTECTED_CLAIMS = frozenset({"jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud", "cnf"})


def custom_claims(exchange: Exchange) -> None:
    """Let the tenant's script, if it has one, add claims; nothing is used up or issued yet.

    A script that fails adds nothing, and stops the issuance only where the tenant says so.
    """
    is_machine = exchange.form.get("grant_type") == CLIENT_CREDENTIALS
    kind = TokenKind.CLIENT_CREDENTIALS if is_machine else TokenKind.ACCESS_TOKEN
    customizer = find_customizer(kind)
    if customizer is None:
        return
    try:
        claims = _run(customizer, exchange, kind)
    except ScriptAccessDeniedError as error:
        raise access_denied(error.message) from error
    except ScriptError as error:
        _record(exchange, kind, error, is_blocked=customizer.blocks_on_error)
        if customizer.blocks_on_error:
            raise invalid_request(error.message) from error
        return
    exchange.custom_claims = {name: value for name, value in claims.items() if name not in PROTECTED_CLAIMS}


def _run(customizer: Customizer, exchange: Exchange, kind: TokenKind) -> dict[str, object]:
    return run_script(
        customizer.script,
        {
            "token": describe_token(exchange, kind),
            "context": describe_context(exchange, kind),
            "environmentVariables": dict(customizer.environment_variables),
        },
    )


def _record(exchange: Exchange, kind: TokenKind, error: ScriptError, *, is_blocked: bool) -> None:
    record(
        f"JwtCustomizer.{kind.model_name}",
        user_id=exchange.known_user_id,
        application_id=exchange.client.id,
        error=f"{error.name}: {error.message}",
        isIssuanceBlocked=is_blocked,
    )
