"""Signing in at an enterprise's SAML identity provider (SAML profiles 4.1): HTTP-Redirect there, HTTP-POST back."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from common.clock import now, to_milliseconds
from common.errors import AppError
from common.saml.authn_requests import build_authn_request, new_message_id
from common.saml.bindings import RSA_SHA256, RSA_SHA512, redirect_url
from common.saml.certificates import parse_certificate
from common.saml.errors import SamlError
from common.saml.metadata import IdentityProviderMetadata
from common.saml.responses import Assertion, verify_response
from connectors.enterprise.provider import ProviderType, SsoConnection
from connectors.enterprise.saml.identity_provider import read_identity_provider
from connectors.enterprise.saml.profiles import user_of_assertion
from connectors.enterprise.saml.service_provider import acs_url_of, entity_id_of
from connectors.enterprise.selectors import list_signing_keys
from connectors.enterprise.services.assertions import use_assertion
from connectors.provider_sign_in import ProviderSignIn, SignInRequest, SignInStart

logger = logging.getLogger(__name__)

_ALGORITHMS: Final = {"rsa-sha256": RSA_SHA256, "rsa-sha512": RSA_SHA512}


@dataclass(frozen=True, slots=True)
class UnsolicitedSignIn:
    """Who an identity provider has signed in unasked, and until when its assertion is good."""

    sign_in: ProviderSignIn
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a response is expected: the origin that our entity ID begins with, and the address it is posted to."""

    origin: str
    acs_url: str


class SamlProtocol:
    """`SsoProvider` of SAML."""

    def start(self, connection: SsoConnection, request: SignInRequest, *, acs_url: str = "") -> SignInStart:
        """Return the authentication request, signed if the connector says so.

        The response is posted to the connector's own address, or to `acs_url` if the identity provider knows that, too.
        """
        acs_url = acs_url or acs_url_of(request.origin, connection.id)
        provider = read_identity_provider(connection.config)
        request_id = new_message_id()
        message = build_authn_request(
            request_id=request_id,
            issuer=entity_id_of(request.origin, connection.id),
            destination=str(provider.sso_redirect_url),
            acs_url=acs_url,
            moment=now(),
        )
        url = redirect_url(
            str(provider.sso_redirect_url),
            parameter="SAMLRequest",
            message=message,
            relay_state=request.relay_state or None,
            private_key=_signing_key(connection),
            algorithm=_ALGORITHMS[connection.config.get("requestSignatureAlgorithm", "rsa-sha256")],
        )
        session = {
            "state": request.state,
            "redirectUri": request.redirect_uri,
            "origin": request.origin,
            "acsUrl": acs_url,
            "requestId": request_id,
        }
        return SignInStart(url, session)

    def finish(
        self, connection: SsoConnection, *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        """Return whom the response to our own request is about; its assertion is used up by that."""
        request_id = session.get("requestId")
        if not request_id:
            raise AppError("connector.authorization_failed", data={"error": "in_response_to"})
        place = _Place(str(session.get("origin", "")), str(session.get("acsUrl", "")))
        sign_in, _ = _accept(connection, data.get("SAMLResponse"), place=place, request_id=str(request_id))
        return sign_in

    def describe(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return who the identity provider is, where users sign in, and how long its certificates are good."""
        provider = read_identity_provider(config, newest=True)
        certificates = [parse_certificate(pem) for pem in provider.certificates]
        last = max(certificates, key=lambda certificate: certificate.not_after)
        return {
            "identityProvider": {
                "entityId": provider.entity_id,
                "signInEndpoint": provider.sso_redirect_url,
                "x509Certificate": last.pem,
                "certificateExpiresAt": to_milliseconds(last.not_after),
                "isValid": last.not_after > now(),
                "wantsSignedRequests": provider.wants_signed_requests,
            }
        }


def accept_unsolicited_response(connection: SsoConnection, *, response: Any, origin: str) -> UnsolicitedSignIn:
    """Return whom a response is about that answers no request (IdP-initiated); its assertion is used up by that.

    Raises as `SamlProtocol.finish`, and `connector.unexpected_type` for a connector of another protocol.
    """
    if connection.provider.type != ProviderType.SAML:
        raise AppError("connector.unexpected_type")
    place = _Place(origin, acs_url_of(origin, connection.id))
    sign_in, assertion = _accept(connection, response, place=place, request_id=None)
    return UnsolicitedSignIn(sign_in, assertion.expires_at)


def _accept(
    connection: SsoConnection, response: Any, *, place: _Place, request_id: str | None
) -> tuple[ProviderSignIn, Assertion]:
    if not isinstance(response, str) or not response:
        raise AppError("connector.invalid_response", data={"reason": "SAMLResponse"})
    assertion = _verified(connection, response, place=place, request_id=request_id)
    user = user_of_assertion(assertion, connection.config.get("attributeMapping") or {})
    use_assertion(
        connection.id,
        issuer=assertion.issuer,
        assertion_id=assertion.id,
        expires_at=assertion.expires_at,
    )
    return ProviderSignIn(user, issuer=assertion.issuer), assertion


def _verified(connection: SsoConnection, response: str, *, place: _Place, request_id: str | None) -> Assertion:
    keys = [key.private_key for key in list_signing_keys(connection.id)]

    def verify(provider: IdentityProviderMetadata) -> Assertion:
        return verify_response(
            response,
            certificates=provider.certificates,
            idp_entity_id=provider.entity_id,
            audience=entity_id_of(place.origin, connection.id),
            recipient=place.acs_url,
            in_response_to=request_id,
            moment=now(),
            decryption_keys=keys,
        )

    known = read_identity_provider(connection.config)
    try:
        try:
            return verify(known)
        except SamlError as error:
            if error.reason != "signature":
                raise
            # It may have changed its certificate since its metadata was read.
            newest = read_identity_provider(connection.config, newest=True)
            if newest == known:
                raise
            return verify(newest)
    except SamlError as error:
        raise _refusal(connection, error) from error


def _refusal(connection: SsoConnection, error: SamlError) -> AppError:
    # Its detail says more than whoever sent the response may know.
    logger.info("SAML response refused", extra={"connector": connection.id, "reason": error.reason})
    if error.reason in ("malformed", "too_large"):
        return AppError("connector.invalid_response", data={"reason": error.reason})
    return AppError("connector.authorization_failed", data={"error": error.reason})


def _signing_key(connection: SsoConnection) -> str | None:
    if not connection.config.get("signAuthnRequest"):
        return None
    active = next((key for key in list_signing_keys(connection.id) if key.is_active), None)
    if active is None:
        raise AppError("single_sign_on.sso_signing_unavailable")
    return active.private_key
