"""Security settings as an application registers them in its `customClientMetadata`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from applications.client_keys import MAX_KEYS
from applications.client_security import FAPI_PROFILE
from common.errors import AppError, invalid_value
from common.jose.public_keys import FAPI_ALGORITHMS, InvalidKeyError, find_algorithms, load_public_key

_LONGEST_URI = 2048
_OF_AUTHORIZATION_REQUESTS = (
    "requirePushedAuthorizationRequests",
    "requireSignedRequestObject",
    "allowJwtResponseModes",
)


def _invalid(name: str, message: str) -> AppError:
    return invalid_value(f"customClientMetadata.{name}", message)


def _validate_jwks(jwks: Any) -> None:
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MAX_KEYS:
        raise _invalid("jwks", _("This is not a set of public keys."))
    for index, key in enumerate(keys):
        place = f"jwks.keys.{index}"
        algorithms = find_algorithms(key) if isinstance(key, Mapping) else ()
        if not algorithms or not isinstance(key.get("kid", ""), str):
            raise _invalid(place, _("Only RSA, P-256, P-384 and Ed25519 signature keys are accepted."))
        try:
            load_public_key(key, algorithms[0])
        except InvalidKeyError as error:
            raise _invalid(place, _("This is not a public key that can be used.")) from error


def _validate_jwks_uri(uri: Any) -> None:
    try:
        parts = urlsplit(uri if isinstance(uri, str) and len(uri) <= _LONGEST_URI else "")
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.username or parts.fragment:
        raise _invalid("jwksUri", _("This is not an address of keys."))
    is_trusted = settings.ALLOW_PRIVATE_ADDRESSES or host in settings.ALLOWED_PRIVATE_HOSTS
    if parts.scheme != "https" and not (parts.scheme == "http" and is_trusted):
        raise _invalid("jwksUri", _("The address must start with https://."))


def _is_fit_for_fapi(key: Mapping[str, Any]) -> bool:
    return not set(find_algorithms(key)).isdisjoint(FAPI_ALGORITHMS)


def validate_security(metadata: Mapping[str, Any], *, is_confidential: bool, signs_people_in: bool) -> None:
    """Refuse settings that cannot hold together: `guard.invalid_input` that names the place.

    `private_key_jwt` is for an application that can keep a secret, and needs its keys, as `jwks` or by `jwksUri`; so
    do signed requests. The profile of FAPI 2.0 needs `private_key_jwt`.
    """
    method, jwks, jwks_uri = (metadata.get(name) for name in ("tokenEndpointAuthMethod", "jwks", "jwksUri"))
    if method is not None and not is_confidential:
        raise _invalid("tokenEndpointAuthMethod", _("A public application does not authenticate."))
    if jwks is not None and jwks_uri is not None:
        raise _invalid("jwksUri", _("Give the keys or their address, not both."))
    if method is not None and jwks is None and jwks_uri is None:
        raise _invalid("jwks", _("This authentication method needs the application's public keys."))
    if jwks is not None:
        _validate_jwks(jwks)
    if jwks_uri is not None:
        _validate_jwks_uri(jwks_uri)
    profile = metadata.get("protocolProfile")
    if profile == FAPI_PROFILE and method is None:
        raise _invalid("protocolProfile", _("FAPI 2.0 needs signed client authentication (private_key_jwt)."))
    if profile == FAPI_PROFILE and jwks is not None and not any(map(_is_fit_for_fapi, jwks["keys"])):
        raise _invalid("jwks", _("FAPI 2.0 needs a key for PS256, ES256 or EdDSA."))
    algorithm = metadata.get("idTokenSignedResponseAlg")
    if profile == FAPI_PROFILE and algorithm is not None and algorithm not in FAPI_ALGORITHMS:
        raise _invalid("idTokenSignedResponseAlg", _("FAPI 2.0 does not admit this algorithm."))
    for name in _OF_AUTHORIZATION_REQUESTS:
        if metadata.get(name) and not signs_people_in:
            raise _invalid(name, _("This application signs nobody in."))
    if metadata.get("requireSignedRequestObject") and jwks is None and jwks_uri is None:
        raise _invalid("jwks", _("Signed requests need the application's public keys."))
