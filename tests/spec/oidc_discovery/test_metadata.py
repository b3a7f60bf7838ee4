"""OpenID Connect Discovery 1.0 and RFC 8414: the metadata document, and the keys (RFC 7517)."""

import json
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from tenants.context import enter_tenant
from tenants.models import Domain, Tenant
from tenants.services.keys import current_signer, rotate_key
from tests.oidc.tokens.parties import ISSUER

pytestmark = pytest.mark.django_db

DOCUMENT = "/oidc/.well-known/openid-configuration"
SCOPES = (
    "openid offline_access profile email phone address custom_data identities roles "
    "urn:logto:scope:organizations urn:logto:scope:organization_roles urn:logto:scope:sessions "
    "urn:logto:scope:trusted_devices"
)
CLAIMS = (
    "sub name family_name given_name middle_name nickname preferred_username profile picture website gender "
    "birthdate zoneinfo locale updated_at username created_at email email_verified phone_number "
    "phone_number_verified address custom_data identities sso_identities roles organizations organization_data "
    "organization_roles sid auth_time iss"
)
METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]


def test_the_document(client: Client, tenant: Tenant) -> None:
    answer = client.get(DOCUMENT)
    assert answer.status_code == 200
    assert answer.json() == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/auth",
        "token_endpoint": f"{ISSUER}/token",
        "userinfo_endpoint": f"{ISSUER}/me",
        "jwks_uri": f"{ISSUER}/jwks",
        "end_session_endpoint": f"{ISSUER}/session/end",
        "introspection_endpoint": f"{ISSUER}/token/introspection",
        "revocation_endpoint": f"{ISSUER}/token/revocation",
        "device_authorization_endpoint": f"{ISSUER}/device/auth",
        "pushed_authorization_request_endpoint": f"{ISSUER}/request",
        "response_types_supported": ["code"],
        "response_modes_supported": ["form_post", "fragment", "query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
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
        "token_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "introspection_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "acr_values_supported": ["urn:gatehouse:acr:1fa", "urn:gatehouse:acr:2fa"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "scopes_supported": SCOPES.split(),
        "claims_supported": CLAIMS.split(),
    }


def test_both_addresses_say_the_same(client: Client, tenant: Tenant) -> None:
    assert client.get(DOCUMENT).content == client.get("/oidc/.well-known/oauth-authorization-server").content


@pytest.mark.parametrize("path", [DOCUMENT, "/oidc/jwks"])
def test_entity_tags(client: Client, tenant: Tenant, path: str) -> None:
    first = client.get(path)
    for known in (first["ETag"], f'"other", W/{first["ETag"]}'):
        second = client.get(path, headers={"If-None-Match": known})
        assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.head(path).status_code == 200


def test_every_host_is_an_issuer(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
    for host, scheme in (("acme.localhost:8000", "http"), ("login.acme.example", "https")):
        body = Client(HTTP_HOST=host).get(DOCUMENT, secure=scheme == "https").json()
        assert body["issuer"] == f"{scheme}://{host}/oidc"
        assert body["token_endpoint"] == f"{scheme}://{host}/oidc/token"


@pytest.mark.parametrize(
    ("algorithm", "expected"), [("ES384", ["ES384", "ES256", "RS256"]), ("RS256", ["RS256", "ES256"])]
)
def test_algorithms_follow_the_keys(client: Client, tenant: Tenant, algorithm: str, expected: list[str]) -> None:
    client.get(DOCUMENT)
    rotate_key(algorithm=algorithm, actor=SYSTEM)
    assert client.get(DOCUMENT).json()["id_token_signing_alg_values_supported"] == expected


class TestKeys:
    def test_public_members_alone(self, client: Client, tenant: Tenant) -> None:
        answer = client.get("/oidc/jwks")
        assert answer["Cache-Control"] == "no-cache, max-age=0, must-revalidate"
        key, other = answer.json()["keys"]
        assert set(key) == {"kty", "use", "kid", "alg", "crv", "x", "y"}
        assert set(other) == {"kty", "use", "kid", "alg", "e", "n"}
        assert [key["kid"], other["kid"]] == [current_signer().kid, current_signer("RS256").kid]

    def test_the_previous_key_stays_published(self, client: Client, tenant: Tenant) -> None:
        old = current_signer().kid
        client.get("/oidc/jwks")
        rotate_key(actor=SYSTEM)
        published = [key["kid"] for key in client.get("/oidc/jwks").json()["keys"]]
        assert published == [current_signer().kid, old, current_signer("RS256").kid]

    def test_tenants_have_their_own(self, client: Client, acme_client: Client, tenants: dict[str, Tenant]) -> None:
        ours, theirs = (json.dumps(each.get("/oidc/jwks").json()) for each in (client, acme_client))
        assert ours != theirs


def test_statements(client: Client, tenant: Tenant, django_assert_num_queries: Any) -> None:
    for path in (DOCUMENT, "/oidc/jwks"):
        client.get(path)
        with django_assert_num_queries(1):
            client.get(path)
