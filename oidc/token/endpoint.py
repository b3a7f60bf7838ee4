"""`POST /oidc/token`: from the request to one of the grants, and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse

from applications.clients import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, DEVICE_CODE, REFRESH_TOKEN, TOKEN_EXCHANGE
from common.errors import AppError
from common.oauth.bodies import Form, read_form
from common.oauth.errors import OAuthError, invalid_request
from common.oauth.rendering import json_answer
from events.figures.counting import count_tokens
from events.history import record
from oidc.client_authentication.callers import identify_caller, throttle_anonymous
from oidc.device.errors import UnansweredError
from oidc.dpop.issuing import read_proven_key
from oidc.sessions.grants import revoke_grant
from oidc.token import authorization_code, client_credentials, device_code, refresh_token, token_exchange
from oidc.token.custom_claims import custom_claims
from oidc.token.exchange import Exchange, ReplayError
from oidc.token.validator import VALIDATOR
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.rate_limits import Kind

_UNKNOWN_KEY = "ExchangeTokenBy.Unknown"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant type: the parameters it reads (others are dropped), its checks in order, and what it issues."""

    audit_key: str
    parameters: frozenset[str]
    steps: tuple[Callable[[Exchange], None], ...]
    issue: Callable[[Exchange], dict[str, Any]]


GRANTS: Mapping[str, Grant] = MappingProxyType(
    {
        name: Grant(module.AUDIT_KEY, module.PARAMETERS | {"grant_type"}, (*module.STEPS, custom_claims), module.issue)
        for name, module in (
            (AUTHORIZATION_CODE, authorization_code),
            (REFRESH_TOKEN, refresh_token),
            (CLIENT_CREDENTIALS, client_credentials),
            (DEVICE_CODE, device_code),
            (TOKEN_EXCHANGE, token_exchange),
        )
    }
)


def _find_grant(form: Form) -> Grant | None:
    return GRANTS.get(form.get("grant_type"))


def _choose_grant(exchange: Exchange) -> Grant:
    name = exchange.form.require("grant_type")
    grant = GRANTS.get(name)
    if grant is None:
        raise OAuthError("unsupported_grant_type", "unsupported grant_type requested")
    if not VALIDATOR.validate_grant_type(exchange.client.id, name, exchange.client, exchange):
        raise invalid_request("requested grant type is not allowed for this client")
    exchange.form = Form(
        {key: value for key, value in exchange.form.values.items() if key in grant.parameters}, exchange.form.resources
    )
    return grant


def exchange_token(exchange: Exchange) -> dict[str, Any]:
    """Run the grant's checks in order and return the answer; raises the first check's refusal."""
    grant = _choose_grant(exchange)
    for step in grant.steps:
        step(exchange)
    answer = grant.issue(exchange)
    count_tokens(exchange.token_types, user_id=exchange.known_user_id, moment=exchange.moment)
    return answer


def _record_failure(form: Form, exchange: Exchange | None, error: AppError) -> None:
    """Write the refusal to the audit log, after everything of the request has been rolled back.

    Raises `TooManyRequestsError` for an unauthenticated caller who is refused all the time.
    """
    if isinstance(error, UnansweredError):
        return
    grant = _find_grant(form)
    if isinstance(error, ReplayError):
        revoke_grant(error.grant_id)
    throttle_anonymous(Kind.REFUSAL, exchange.client if exchange else None)
    details = exchange.audit_details() if exchange else {}
    if isinstance(error, OAuthError) and error.reason:
        details["reason"] = error.reason[:512]
    record(
        grant.audit_key if grant else _UNKNOWN_KEY,
        user_id=exchange.known_user_id if exchange else None,
        application_id=exchange.client.id if exchange else None,
        error=error,
        **details,
    )


@machine_endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code, a token or a client's own credentials for tokens."""
    form = read_form(request)
    exchange: Exchange | None = None
    try:
        exchange = Exchange.of(identify_caller(request, form))
        exchange.dpop_jkt = read_proven_key(request, exchange.client, moment=exchange.moment)
        answer = exchange_token(exchange)
    except AppError as error:
        _record_failure(form, exchange, error)
        raise
    return json_answer(answer)
