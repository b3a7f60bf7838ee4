"""AuthnRequests of service providers: how one is read, and the order of checks (SAML profiles 4.1.4.2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.http import HttpRequest

from common.errors import AppError
from common.oauth.bodies import read_form
from common.saml.authn_requests import AuthnRequest, parse_authn_request
from common.saml.bindings import decode_post, decode_redirect
from common.saml.errors import SamlError
from common.saml.names import BINDING_POST
from saml.addresses import sso_address
from saml.models import SamlApplicationSession
from saml.providers import ServiceProvider

# Bookmarked sign-in pages of service providers bring old requests; clocks differ.
_MAX_AGE: Final = timedelta(hours=1)
_CLOCK_SKEW: Final = timedelta(minutes=5)


class Received(NamedTuple):
    """A request, the service provider it has to be of, where it came, when, and its RelayState."""

    request: AuthnRequest
    provider: ServiceProvider
    origin: str
    moment: datetime
    relay_state: str | None


def receive(http: HttpRequest, *, provider: ServiceProvider, origin: str, moment: datetime) -> Received:
    """Read the request out of the query or the form, and verify its signature if the provider's certificate is known.

    Raises `SamlError`.
    """
    certificates = provider.signing_certificates
    if http.method == "POST":
        form = read_form(http)
        xml, relay_state = decode_post(form.get("SAMLRequest"), form.get("RelayState") or None)
        request = parse_authn_request(xml, certificates=certificates)
        is_signed = request.is_signed
    else:
        message = decode_redirect(http.META.get("QUERY_STRING", ""))
        is_signed = bool(certificates) and message.is_signed
        if is_signed:
            message.verify(certificates)
        request, relay_state = parse_authn_request(message.xml), message.relay_state
    if certificates and not is_signed:
        raise SamlError("signature", "requests of this service provider have to be signed")
    return Received(request, provider, origin, moment, relay_state or None)


def _of_this_provider(received: Received) -> None:
    """The issuer is the service provider that the application stands for (SAML core 3.2.1)."""
    if received.request.issuer != received.provider.required_entity_id:
        raise AppError("application.saml.auth_request_issuer_not_match")


def _for_this_address(received: Received) -> None:
    """The request was made for us (SAML bindings 3.4.5.2)."""
    destination = received.request.destination
    if destination is not None and destination != sso_address(received.origin, received.provider.application_id):
        raise SamlError("recipient", "the request is for another address")


def _made_just_now(received: Received) -> None:
    """The request is of now, by whatever clock is right."""
    age = received.moment - received.request.issued_at
    if age > _MAX_AGE or age < -_CLOCK_SKEW:
        raise SamlError("expired", "the request is too old, or of the future")


def _answered_where_registered(received: Received) -> None:
    """Responses go to the registered assertion consumer service alone (SAML profiles 4.1.4.1)."""
    registered = received.provider.required_acs_url
    if received.request.acs_url not in (None, registered):
        raise SamlError("recipient", "the assertion consumer service is not registered")
    if received.request.protocol_binding not in (None, BINDING_POST):
        raise AppError("application.saml.acs_url_binding_not_supported")


def _not_answered_before(received: Received) -> None:
    """A request is answered once (SAML core 1.3.4). One statement."""
    answered = SamlApplicationSession.objects.filter(
        application_id=received.provider.application_id,
        saml_request_id=received.request.id,
        answered_at__isnull=False,
    )
    if answered.exists():
        raise SamlError("replayed", "the request was answered before")


CHECKS: tuple[Callable[[Received], None], ...] = (
    _of_this_provider,
    _for_this_address,
    _made_just_now,
    _answered_where_registered,
    _not_answered_before,
)


def check(received: Received) -> None:
    """Let a request pass the checks in order; the first that refuses raises `SamlError` or `AppError`."""
    for each in CHECKS:
        each(received)
