"""Sign-in with a SAML identity provider (SAML profiles 4.1): HTTP-Redirect there, HTTP-POST back."""

from collections.abc import Mapping
from typing import Any, Final

from common.clock import now
from common.errors import AppError
from common.saml.authn_requests import build_authn_request, new_message_id
from common.saml.bindings import RSA_SHA256, redirect_url
from common.saml.errors import SamlError
from common.saml.metadata_reading import parse_idp_metadata
from common.saml.names import NAME_ID_TRANSIENT
from common.saml.responses import Assertion, verify_response
from connectors.kinds.oauth_configs import trusted_email
from connectors.kinds.saml.config import ALGORITHMS
from connectors.oauth.connector import Config
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart

# The name by which the profile's map finds the subject's NameID.
NAME_ID: Final = "nameID"
_DEFAULT_PLACES: Final = {"id": NAME_ID, "email": "email", "name": "name", "avatar": "avatar"}


class SamlConnector:
    """`SocialConnector` of SAML.

    The provider posts its response to `<origin>/api/authn/saml/<connector id>`. It must answer our own request, which
    is good once, so that an assertion does not serve twice.
    """

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        """Return the authentication request, signed if the configuration says so."""
        provider = parse_idp_metadata(config["idpMetadataXml"].encode())
        endpoint: str = config.get("signInEndpoint") or provider.sso_redirect_url or ""
        request_id = new_message_id()
        acs_url = config.get("assertionConsumerServiceUrl") or acs_url_of(request)
        message = build_authn_request(
            request_id=request_id,
            issuer=config["entityID"],
            destination=endpoint,
            acs_url=acs_url,
            moment=now(),
            name_id_format=config.get("nameIDFormat"),
        )
        url = redirect_url(
            endpoint,
            parameter="SAMLRequest",
            message=message,
            relay_state=request.relay_state or None,
            private_key=config["privateKey"] if config.get("signAuthnRequest", False) else None,
            algorithm=ALGORITHMS[config.get("requestSignatureAlgorithm", RSA_SHA256)],
        )
        session = {
            "state": request.state,
            "redirectUri": request.redirect_uri,
            "requestId": request_id,
            "acsUrl": acs_url,
        }
        return SignInStart(url, session)

    def finish(self, config: Config, *, data: Config, session: Config) -> ProviderSignIn:
        """Return whom the response to our request is about: `data` has `SAMLResponse`.

        Raises `connector.authorization_failed` with `data` `{error}`, the reason of the `SamlError`, and
        `connector.invalid_response` for an assertion that names nobody.
        """
        encoded, request_id = data.get("SAMLResponse"), session.get("requestId")
        if not isinstance(encoded, str) or not encoded or not request_id:
            raise AppError("connector.authorization_failed", data={"error": "in_response_to"})
        provider = parse_idp_metadata(config["idpMetadataXml"].encode())
        own = [config["x509Certificate"]] if "x509Certificate" in config else []
        keys = [config["encPrivateKey"]] if "encPrivateKey" in config else []
        try:
            assertion = verify_response(
                encoded,
                certificates=[*provider.certificates, *own],
                idp_entity_id=provider.entity_id,
                audience=config["entityID"],
                recipient=session["acsUrl"],
                in_response_to=request_id,
                moment=now(),
                decryption_keys=keys,
            )
        except SamlError as error:
            raise AppError("connector.authorization_failed", data={"error": error.reason}) from error
        return ProviderSignIn(_user_of(config, assertion).bounded(), issuer=assertion.issuer)


def acs_url_of(request: SignInRequest) -> str:
    """Return where the provider posts its response (assertion consumer service)."""
    return f"{request.origin}/api/authn/saml/{request.connector_id}"


def _user_of(config: Config, assertion: Assertion) -> ProviderUser:
    places = {**_DEFAULT_PLACES, **config.get("profileMap", {})}
    if places["id"] == NAME_ID and assertion.name_id_format == NAME_ID_TRANSIENT:
        raise AppError("connector.invalid_response", data={"reason": "transient_name_id"})
    found = {field: _value(assertion, place) for field, place in places.items()}
    if found["id"] is None:
        raise AppError("connector.invalid_response", data={"reason": "id"})
    return ProviderUser(
        id=found["id"],
        email=trusted_email(config, found["email"]),
        name=found["name"],
        avatar=found["avatar"],
        raw_data=_raw_data(assertion),
    )


def _value(assertion: Assertion, name: str) -> str | None:
    if name == NAME_ID:
        return assertion.name_id
    return next((value for value in assertion.attributes.get(name, ()) if value), None)


def _raw_data(assertion: Assertion) -> Mapping[str, Any]:
    single = {name: values[0] if len(values) == 1 else list(values) for name, values in assertion.attributes.items()}
    return {**single, **({NAME_ID: assertion.name_id} if assertion.name_id else {})}
