"""`POST /oidc/request`: a client pushes an authorization request and gets a reference to it (RFC 9126 section 2)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse

from common.errors import AppError
from common.oauth.errors import invalid_request
from common.oauth.rendering import NO_STORE
from events.history import record
from oidc.authorization.parameters import read_parameters
from oidc.authorization.pipeline import CHECKS, CLIENT_AND_REDIRECT, PUSHED_ARRIVAL, run
from oidc.authorization.pushed_requests import LIFETIME, push_request
from oidc.authorization.request import Authorization
from oidc.client_authentication.callers import Caller, identify_caller, throttle_anonymous
from oidc.dpop.issuing import find_proven_key
from oidc.dpop.proof import invalid_proof
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.hosts import origin_of_request
from tenants.rate_limits import Kind, TooManyRequestsError

AUDIT_KEY = "Interaction.PushRequest"


def _arrive(request: HttpRequest, caller: Caller) -> Authorization:
    """The request in the body, or in the object there; its client is the one that has authenticated."""
    parameters = read_parameters(request)
    if parameters.get("request_uri"):
        raise invalid_request("request_uri parameter must not be pushed")
    values = {**parameters.values, "client_id": caller.client.id}
    authorization = Authorization(replace(parameters, values=values), origin_of_request(request))
    authorization.client = caller.client
    run(PUSHED_ARRIVAL, authorization)
    return authorization


def _bind_to_key(request: HttpRequest, authorization: Authorization, caller: Caller) -> None:
    """A DPoP proof binds the code to its key as `dpop_jkt` does (RFC 9449 section 10.1)."""
    jkt = find_proven_key(request, caller.client, moment=caller.moment)
    values = {**authorization.parameters.values}
    if jkt and values.setdefault("dpop_jkt", jkt) != jkt:
        raise invalid_proof("DPoP proof key does not match dpop_jkt")
    authorization.parameters = replace(authorization.parameters, values=values)


def push(request: HttpRequest, caller: Caller) -> str:
    """Validate the request as the authorization endpoint would, and return its reference (RFC 9126 section 2.1)."""
    authorization = _arrive(request, caller)
    _bind_to_key(request, authorization, caller)
    run(CLIENT_AND_REDIRECT, authorization)
    run(CHECKS, authorization)
    return push_request(caller.client, parameters=authorization.parameters.as_json())


@machine_endpoint("POST")
def pushed_authorization(request: HttpRequest) -> HttpResponse:
    """Keep the request of a client that has authenticated as at the token endpoint."""
    caller: Caller | None = None
    try:
        caller = identify_caller(request)
        throttle_anonymous(Kind.PUSHED_REQUEST, caller.client)
        uri = push(request, caller)
    except TooManyRequestsError:
        raise
    except AppError as error:
        throttle_anonymous(Kind.REFUSAL, caller.client if caller else None)
        record(AUDIT_KEY, application_id=caller.client.id if caller else None, error=error)
        raise
    record(AUDIT_KEY, application_id=caller.client.id)
    answer = {"request_uri": uri, "expires_in": int(LIFETIME.total_seconds())}
    return JsonResponse(answer, status=201, headers=NO_STORE)
