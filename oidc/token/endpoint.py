"""`POST /oidc/token`: from the request to one of the grants, and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from common.errors import AppError
from events.services.audit import record_event
from oidc.bodies import Form, read_form
from oidc.callers import identify_caller
from oidc.clients import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN
from oidc.cors import machine_endpoint
from oidc.errors import OAuthError, invalid_request
from oidc.rendering import NO_STORE
from oidc.services.grants import revoke_grant
from oidc.token import authorization_code, client_credentials, refresh_token
from oidc.token.exchange import Exchange, Replayed
from oidc.validator import VALIDATOR

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
        name: Grant(module.AUDIT_KEY, module.PARAMETERS | {"grant_type"}, module.STEPS, module.issue)
        for name, module in (
            (AUTHORIZATION_CODE, authorization_code),
            (REFRESH_TOKEN, refresh_token),
            (CLIENT_CREDENTIALS, client_credentials),
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
    """Write the refusal to the audit log, after everything of the request has been rolled back."""
    grant = _find_grant(form)
    if isinstance(error, Replayed):
        revoke_grant(error.grant_id)
    details = exchange.audit_details() if exchange else {}
    if isinstance(error, OAuthError) and error.reason:
        details["reason"] = error.reason[:512]
    source = exchange.credential if exchange else None
    record_event(
        grant.audit_key if grant else _UNKNOWN_KEY,
        user_id=source.standing.user_id if source else None,
        application_id=exchange.client.id if exchange else None,
        error=error,
        **details,
    )


@machine_endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code, a refresh token or a client's own credentials for tokens."""
    form = read_form(request)
    exchange: Exchange | None = None
    try:
        exchange = Exchange.of(identify_caller(request, form))
        answer = exchange_token(exchange)
    except AppError as error:
        _record_failure(form, exchange, error)
        raise
    return JsonResponse(answer, headers=NO_STORE)
