"""Logout messages of service providers: how one is read, and what it has to be."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from common.errors import AppError
from common.oauth.bodies import collect, query_pairs, read_form
from common.saml.bindings import decode_post, decode_redirect
from common.saml.errors import SamlError
from common.saml.logout import LogoutRequest, LogoutResponse, parse_logout_request, parse_logout_response
from common.saml.responses import CLOCK_SKEW
from saml.addresses import logout_address
from saml.providers import ServiceProvider


def read_message(
    http: HttpRequest, *, provider: ServiceProvider, origin: str, moment: datetime
) -> tuple[LogoutRequest | LogoutResponse, bool, str | None]:
    """Return a message of the service provider, whether it is signed, and its RelayState.

    Its signature is verified, and demanded, if the certificate is known. Raises `SamlError` and
    `application.saml.auth_request_issuer_not_match`.
    """
    certificates = provider.signing_certificates
    form = read_form(http) if http.method == "POST" else collect(query_pairs(http))
    is_response = bool(form.get("SAMLResponse"))
    parse: Any = parse_logout_response if is_response else parse_logout_request
    if http.method == "POST":
        xml, relay_state = decode_post(
            form.get("SAMLResponse" if is_response else "SAMLRequest"), form.get("RelayState")
        )
        message = parse(xml, certificates=certificates)
        is_signed = message.is_signed
    else:
        received = decode_redirect(
            http.META.get("QUERY_STRING", ""), parameters=["SAMLResponse" if is_response else "SAMLRequest"]
        )
        is_signed = bool(certificates) and received.is_signed
        if is_signed:
            received.verify(certificates)
        message, relay_state = parse(received.xml), received.relay_state
    if certificates and not is_signed:
        raise SamlError("signature", "messages of this service provider have to be signed")
    if message.issuer != provider.required_entity_id:
        raise AppError("application.saml.auth_request_issuer_not_match")
    if message.destination not in (None, logout_address(origin, provider.application_id)):
        raise SamlError("recipient", "the message is for another address")
    if (
        isinstance(message, LogoutRequest)
        and message.not_on_or_after
        and message.not_on_or_after <= moment - CLOCK_SKEW
    ):
        raise SamlError("expired", "the request is not valid any more")
    return message, is_signed, relay_state or None
