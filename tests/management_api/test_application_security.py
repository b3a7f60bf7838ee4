"""`/api/applications`: the security settings in `customClientMetadata`."""

from typing import Any

import pytest
from django.test import Client

from applications.client_lookup import get_client
from applications.clients import find_client
from applications.models import Application
from tests.oidc.tokens.proofs import Key, key_set

pytestmark = pytest.mark.django_db

JSON = "application/json"
METHOD = {"tokenEndpointAuthMethod": "private_key_jwt"}
URI = "https://client.example/jwks"


def create(api: Client, type: str = "MachineToMachine", **metadata: Any) -> Any:
    body = {"name": "App", "type": type, "customClientMetadata": metadata}
    return api.post("/api/applications", body, content_type=JSON)


def place_of(response: Any) -> str:
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_input"), response.content
    return str(response.json()["data"]["issues"][0]["path"]).removeprefix("customClientMetadata.")


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256", "EdDSA"])
def test_keys_are_registered(api: Client, algorithm: str) -> None:
    jwks = key_set(Key("one", algorithm))
    response = create(api, **METHOD, jwks=jwks)
    assert response.status_code == 200, response.content
    assert response.json()["customClientMetadata"] == {**METHOD, "jwks": jwks}
    assert get_client(response.json()["id"]).security.uses_private_key_jwt


def test_their_address_is_registered(api: Client) -> None:
    assert create(api, "Traditional", **METHOD, jwksUri=URI).status_code == 200


def test_settings_go_when_the_metadata_is_replaced(api: Client) -> None:
    created = create(api, **METHOD, jwks=key_set(Key()), requireDpop=True).json()
    api.patch(f"/api/applications/{created['id']}", {"customClientMetadata": {}}, content_type=JSON)
    security = get_client(created["id"]).security
    assert not security.uses_private_key_jwt
    assert not security.requires_dpop


def test_requiring_dpop_allows_it(api: Client) -> None:
    security = get_client(create(api, requireDpop=True).json()["id"]).security
    assert security.accepts_dpop
    assert security.requires_dpop


@pytest.mark.parametrize("profile", ["openid", "fapi2"])
def test_a_profile(api: Client, profile: str) -> None:
    response = create(api, "Traditional", **METHOD, jwks=key_set(Key()), protocolProfile=profile)
    assert response.json()["customClientMetadata"]["protocolProfile"] == profile
    client = get_client_of(response)
    security = client.security
    assert security.follows_openid
    assert security.tells_authentication
    is_fapi = profile == "fapi2"
    assert security.follows_fapi is security.requires_pushed_requests is security.requires_dpop is is_fapi
    assert client.must_prove_key is is_fapi
    assert client.rotates_refresh_token is not is_fapi


def get_client_of(response: Any) -> Any:
    Application.objects.filter(id=response.json()["id"]).update(oidc_client_metadata={"redirectUris": [URI]})
    return get_client(response.json()["id"])


@pytest.mark.parametrize(
    ("metadata", "place"),
    [
        ({"protocolProfile": "made up"}, "protocolProfile"),
        ({"protocolProfile": "fapi2"}, "protocolProfile"),
        ({**METHOD, "jwks": key_set(Key("one", "ES384")), "protocolProfile": "fapi2"}, "jwks"),
        ({"tokenEndpointAuthMethod": "client_secret_jwt", "jwks": key_set(Key())}, "tokenEndpointAuthMethod"),
        (METHOD, "jwks"),
        ({**METHOD, "jwks": key_set(Key()), "jwksUri": URI}, "jwksUri"),
        ({**METHOD, "jwks": {}}, "jwks"),
        ({**METHOD, "jwks": {"keys": []}}, "jwks"),
        ({**METHOD, "jwks": {"keys": "x"}}, "jwks"),
        ({**METHOD, "jwks": {"keys": [Key().public_jwk] * 21}}, "jwks"),
        ({**METHOD, "jwks": {"keys": ["x"]}}, "jwks.keys.0"),
        ({**METHOD, "jwks": {"keys": [Key().private_jwk]}}, "jwks.keys.0"),
        ({**METHOD, "jwks": {"keys": [Key().public_jwk, {"kty": "oct", "k": "c2VjcmV0"}]}}, "jwks.keys.1"),
        ({**METHOD, "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}}, "jwks.keys.0"),
        ({**METHOD, "jwks": {"keys": [Key().registered(use="enc")]}}, "jwks.keys.0"),
        ({**METHOD, "jwks": {"keys": [Key().registered(alg="HS256")]}}, "jwks.keys.0"),
        ({**METHOD, "jwks": {"keys": [Key().registered(kid=5)]}}, "jwks.keys.0"),
        ({**METHOD, "jwksUri": "file:///etc/passwd"}, "jwksUri"),
        ({**METHOD, "jwksUri": "https://user@client.example/"}, "jwksUri"),
        ({**METHOD, "jwksUri": "https://[::1/"}, "jwksUri"),
        ({**METHOD, "jwksUri": "https://" + "x" * 2048}, "jwksUri"),
        ({"requirePushedAuthorizationRequests": True}, "requirePushedAuthorizationRequests"),
        ({"requireSignedRequestObject": True, "jwks": key_set(Key())}, "requireSignedRequestObject"),
        ({"allowJwtResponseModes": True}, "allowJwtResponseModes"),
    ],
)
def test_what_cannot_hold_is_refused(api: Client, metadata: dict[str, Any], place: str) -> None:
    assert place_of(create(api, **metadata)) == place


def test_an_address_without_tls_is_for_development(api: Client, settings: Any) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ["localhost"]
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assert place_of(create(api, **METHOD, jwksUri="http://client.example/jwks")) == "jwksUri"
    assert create(api, **METHOD, jwksUri="http://localhost:5000/jwks").status_code == 200


@pytest.mark.parametrize("type", ["SPA", "Native"])
def test_public_applications_do_not_authenticate(api: Client, type: str) -> None:
    assert place_of(create(api, type, **METHOD, jwks=key_set(Key()))) == "tokenEndpointAuthMethod"


@pytest.mark.parametrize("type", ["SPA", "Native", "Traditional"])
def test_signed_requests_need_keys(api: Client, type: str) -> None:
    assert place_of(create(api, type, requireSignedRequestObject=True)) == "jwks"
    created = create(api, type, requireSignedRequestObject=True, jwks=key_set(Key()))
    found = find_client(created.json()["id"])
    assert found is not None
    assert found.security.requires_signed_requests


@pytest.mark.parametrize(
    "name",
    [
        "allowDpop",
        "requireDpop",
        "requirePushedAuthorizationRequests",
        "requireSignedRequestObject",
        "allowJwtResponseModes",
        "authenticationClaims",
    ],
)
def test_flags_are_flags(api: Client, name: str) -> None:
    assert create(api, **{name: "true"}).status_code == 400
