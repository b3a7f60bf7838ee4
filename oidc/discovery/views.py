"""What the provider says about itself: its metadata and its keys.

OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3, RFC 7517 section 5.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from applications.cimd.switch import is_cimd_on
from applications.registration.settings import registration_settings
from applications.scopes import STATIC_SCOPES
from applications.selectors import has_application_with_jwt_responses
from common.documents import keep_while
from common.jose.public_keys import ALGORITHMS
from oidc.admission.policies import signs_in_to_organizations
from oidc.authorization.protocol import JWT_RESPONSE_MODES, RESPONSE_MODES
from oidc.claims.authentication_claims import SUPPORTED_ACR
from oidc.claims.scope_claims import CLAIMS
from oidc.token.endpoint import GRANTS
from oidc.wire.conditional import conditional_json
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.configuration import cached, configuration_watch
from tenants.hosts import issuer_of, origin_of_request
from tenants.services.keys import current_signer, published_jwks

_REVALIDATED = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}

_PATHS = {
    "authorization_endpoint": "/auth",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/me",
    "jwks_uri": "/jwks",
    "end_session_endpoint": "/session/end",
    "introspection_endpoint": "/token/introspection",
    "revocation_endpoint": "/token/revocation",
    "device_authorization_endpoint": "/device/auth",
    "pushed_authorization_request_endpoint": "/request",
}
_CLIENT_ENDPOINTS = ("token", "introspection", "revocation")
_AUTHENTICATION_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")

# Stands for the issuer in the cached document.
_ISSUER_PLACE = b"https://issuer.invalid"


def _signing_algorithms() -> list[str]:
    """The algorithms of the keys, in their order: the default's first."""
    return list(dict.fromkeys(jwk["alg"] for jwk in published_jwks()))


def _metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        **{name: f"{issuer}{path}" for name, path in _PATHS.items()},
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": False,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "require_signed_request_object": False,
        "request_object_signing_alg_values_supported": ALGORITHMS,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        **{f"{endpoint}_endpoint_auth_methods_supported": _AUTHENTICATION_METHODS for endpoint in _CLIENT_ENDPOINTS},
        **{f"{endpoint}_endpoint_auth_signing_alg_values_supported": ALGORITHMS for endpoint in _CLIENT_ENDPOINTS},
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "acr_values_supported": SUPPORTED_ACR,
        "id_token_signing_alg_values_supported": _signing_algorithms(),
        "scopes_supported": list(STATIC_SCOPES),
        "claims_supported": [*CLAIMS, "sid", "auth_time", "iss", *_organization_claims()],
        **({"client_id_metadata_document_supported": True} if is_cimd_on() else {}),
        **({"registration_endpoint": f"{issuer}/register"} if registration_settings().enabled else {}),
        **_signed_answers(),
    }


def _organization_claims() -> list[str]:
    return ["organization_id"] if signs_in_to_organizations() else []


def _signed_answers() -> dict[str, Any]:
    """What JARM section 4 adds, for tenants that have an application which may ask for signed answers."""
    if not has_application_with_jwt_responses():
        return {}
    return {
        "response_modes_supported": [*RESPONSE_MODES, *JWT_RESPONSE_MODES],
        "authorization_signing_alg_values_supported": [current_signer().algorithm],
    }


@machine_endpoint("GET")
def discovery(request: HttpRequest) -> HttpResponse:
    """The metadata, with the issuer of the host that is asked."""
    document = cached("oidc.discovery.views", "", lambda: json.dumps(_metadata(_ISSUER_PLACE.decode())).encode())
    issuer = issuer_of(origin_of_request(request)).encode()
    answer = conditional_json(request, document.replace(_ISSUER_PLACE, issuer), headers=_REVALIDATED)
    return keep_while(answer, configuration_watch())


@machine_endpoint("GET")
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys that verify the provider's tokens."""
    document = cached("oidc.jwks", "", lambda: json.dumps({"keys": published_jwks()}).encode())
    return keep_while(conditional_json(request, document, headers=_REVALIDATED), configuration_watch())
