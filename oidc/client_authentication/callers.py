"""Who calls a machine endpoint: the client, proven, from a page it has registered if from a page at all."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from applications.clients import Client
from common.clock import now
from common.oauth.bodies import Form, read_form
from oidc.client_authentication.methods import authenticate, read_presented
from oidc.wire.machine_endpoint import assert_origin_allowed
from tenants.hosts import issuer_of, origin_of_request
from tenants.rate_limits import Kind, throttle


@dataclass(frozen=True, slots=True)
class Caller:
    """A client's call: its parameters, the origin and issuer it came to, and when."""

    form: Form
    origin: str
    issuer: str
    moment: datetime
    client: Client
    secret_name: str | None


def throttle_anonymous(kind: Kind, client: Client | None) -> None:
    """Count what is written for a caller who has proved nothing; raises `TooManyRequestsError`.

    A client with a secret has proved itself, if somebody here has given it that. It may act for all its users from one
    address.
    """
    if client is None or not client.is_confidential or client.is_unverified:
        throttle(kind)


def identify_caller(request: HttpRequest, form: Form | None = None) -> Caller:
    """Authenticate the client of a request.

    Raises what reading the body and authenticating raise, and `OriginNotAllowedError`.
    """
    form = read_form(request) if form is None else form
    origin, moment = origin_of_request(request), now()
    issuer = issuer_of(origin)
    presented = read_presented(form, request.META.get("HTTP_AUTHORIZATION"))
    client, secret_name = authenticate(presented, issuer=issuer, moment=moment)
    assert_origin_allowed(request, client)
    return Caller(form, origin, issuer, moment, client, secret_name)
