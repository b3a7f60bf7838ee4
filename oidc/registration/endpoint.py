"""`POST /oidc/register`, and `GET|PUT|DELETE /oidc/register/<client_id>` (RFC 7591 section 3, RFC 7592 section 2)."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from limits import RateLimitItem, RateLimitItemPerHour

from applications.client_metadata import ClientMetadataError, parse_metadata
from applications.registration.client_registration import (
    Registered,
    delete_registration,
    find_registration,
    register_client,
    update_registration,
)
from applications.registration.initial_access_tokens import is_initial_access_token
from applications.registration.metadata import Registrable, read_metadata
from applications.registration.settings import registration_settings
from common import rates
from common.clock import to_seconds
from common.crypto import equal
from common.networks import network_of
from common.oauth.bodies import read_text
from common.oauth.errors import OAuthError, invalid_token
from common.oauth.rendering import NO_STORE
from common.request_context import request_origin
from events.history import record
from oidc.wire.machine_endpoint import machine_endpoint, unknown_route
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_request
from tenants.rate_limits import Kind, throttle

AUDIT_KEY = "ClientRegistration.Created"

# An hour's registrations, and changes of one: each makes every process read the tenant's configuration again.
_PER_CALLER = RateLimitItemPerHour(20)
_PER_TENANT = RateLimitItemPerHour(200)
_PER_CLIENT = RateLimitItemPerHour(20)

# What the server alone says (RFC 7592 section 2.2).
_SERVERS = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")

View = Callable[..., HttpResponseBase]


def _only_while_on(view: View) -> View:
    """Let the address be none while clients do not register themselves."""

    @functools.wraps(view)
    def served(request: HttpRequest, **parameters: str) -> HttpResponseBase:
        return view(request, **parameters) if registration_settings().enabled else unknown_route(request)

    return served


def _refused(error: ClientMetadataError) -> OAuthError:
    return OAuthError(error.error, str(error), status=400)


def _issuer(request: HttpRequest) -> str:
    return issuer_of(origin_of_request(request))


def _presented(request: HttpRequest) -> str:
    """The bearer token of the request, empty if there is none (RFC 6750 section 2.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _read_document(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise ClientMetadataError("the body must be application/json")
    try:
        text = read_text(request)
    except (LookupError, ValueError) as error:
        raise ClientMetadataError("the body must be a text") from error
    return parse_metadata(text)


def _assert_permitted(request: HttpRequest) -> None:
    """The caller holds an initial access token if the tenant asks for one, and does not register in masses."""
    token = _presented(request)
    is_permitted = bool(token) and is_initial_access_token(token)
    if not is_permitted and (token or registration_settings().requires_token):
        raise invalid_token(_issuer(request), reason="no initial access token, or not a good one")
    if not is_permitted:
        _throttle(_PER_CALLER, "caller", network_of(request_origin().ip))
    _throttle(_PER_TENANT, "tenant")


def _throttle(limit: RateLimitItem, *key: str) -> None:
    if wait := rates.hit(limit, "registration", current_tenant_id(), *key):
        description = "clients are registered or changed too often, try again later"
        raise OAuthError("temporarily_unavailable", description, headers={"Retry-After": str(wait)})


def _answer(request: HttpRequest, registered: Registered, *, status: int = 200) -> HttpResponse:
    """The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3)."""
    application, secret = registered.application, registered.secret
    body: dict[str, Any] = {
        "client_id": application.id,
        "client_id_issued_at": to_seconds(registered.registration.created_at),
        **({} if secret is None else {"client_secret": secret, "client_secret_expires_at": 0}),
        **registered.registration.metadata,
        "registration_access_token": registered.token,
        "registration_client_uri": f"{_issuer(request)}/register/{application.id}",
    }
    return JsonResponse(body, status=status, headers=NO_STORE)


def _register(request: HttpRequest) -> Registered:
    _assert_permitted(request)
    try:
        registrable = read_metadata(_read_document(request))
    except ClientMetadataError as error:
        raise _refused(error) from error
    return register_client(registrable, max_clients=registration_settings().max_clients)


@machine_endpoint("POST")
@_only_while_on
def register(request: HttpRequest) -> HttpResponse:
    """Register a client (RFC 7591 section 3.1)."""
    try:
        registered = _register(request)
    except OAuthError as error:
        if error.error != "temporarily_unavailable":
            throttle(Kind.REFUSAL)
            record(AUDIT_KEY, error=error)
        raise
    return _answer(request, registered, status=201)


def _changed(registered: Registered, document: dict[str, Any]) -> Registrable:
    """What the client says now: its own id, perhaps its secret, nothing of what the server says (RFC 7592 2.2)."""
    if document.get("client_id") != registered.application.id:
        raise ClientMetadataError("client_id must be the client's")
    if any(name in document for name in _SERVERS):
        raise ClientMetadataError(f"{', '.join(_SERVERS)} must not be in the request")
    secret = document.get("client_secret")
    if secret is not None and not (isinstance(secret, str) and equal(secret, registered.secret or "")):
        raise ClientMetadataError("client_secret must be the client's")
    return read_metadata(document)


def _update(request: HttpRequest, registered: Registered) -> HttpResponse:
    _throttle(_PER_CLIENT, "client", registered.registration.id)
    try:
        update_registration(registered, _changed(registered, _read_document(request)))
    except ClientMetadataError as error:
        raise _refused(error) from error
    return _answer(request, registered)


def manage(request: HttpRequest, client_id: str) -> HttpResponseBase:
    """Read, replace or remove a registration, with the token that came with it (RFC 7592 section 2)."""

    @machine_endpoint("GET", "PUT", "DELETE")
    @_only_while_on
    def served(request: HttpRequest) -> HttpResponse:
        registered = find_registration(client_id, _presented(request))
        if registered is None:
            raise invalid_token(_issuer(request), reason="not the registration's access token")
        if request.method == "PUT":
            return _update(request, registered)
        if request.method == "DELETE":
            delete_registration(registered)
            return HttpResponse(status=204, headers=NO_STORE)
        return _answer(request, registered)

    return served(request)
