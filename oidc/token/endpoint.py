"""`POST /oidc/token`: from the request to one of the grants, and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.errors import AppError
from events.services.audit import record_event
from oidc.bodies import Form, read_form
from oidc.callers import identify_caller, withstand_strangers
from oidc.clients import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, DEVICE_CODE, REFRESH_TOKEN, TOKEN_EXCHANGE
from oidc.cors import machine_endpoint
from oidc.custom_claims.step import custom_claims
from oidc.device.errors import Unanswered
from oidc.dpop.issuing import read_proven_key
from oidc.errors import OAuthError, invalid_request
from oidc.rendering import json_answer
from oidc.services.grants import revoke_grant
from oidc.token import authorization_code, client_credentials, device_code, refresh_token, token_exchange
from oidc.token.exchange import Exchange, Replayed
from oidc.validator import VALIDATOR
from tenants.floods import Kind

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
    return grant.issue(exchange)


def _record_failure(form: Form, exchange: Exchange | None, error: AppError) -> None:
    """Write the refusal to the audit log, after everything of the request has been rolled back.

    Raises `TooManyRequests` for a stranger who is refused all the time.
    """
    if isinstance(error, Unanswered):
        return
    grant = _find_grant(form)
    if isinstance(error, Replayed):
        revoke_grant(error.grant_id)
    withstand_strangers(Kind.REFUSAL, exchange.client if exchange else None)
    details = exchange.audit_details() if exchange else {}
    if isinstance(error, OAuthError) and error.reason:
        details["reason"] = error.reason[:512]
    record_event(
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
