"""Config OP: `oidcc-discovery-endpoint-verification`, of a tenant that signs with RSA and is served over https."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM
from tenants import keys
from tenants.models import Tenant
from tenants.services.keys import rotate_key
from tests.oidc.tokens.proofs import private_key

pytestmark = pytest.mark.django_db

ISSUER = "https://localhost:8000/oidc"
DOCUMENT = "/.well-known/openid-configuration"


def test_oidcc_discovery_endpoint_verification(
    client: Client, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.BASE_URL = "https://localhost:8000"
    monkeypatch.setattr(keys, "generate_key", lambda algorithm: private_key("RS256", "the tenant's"))
    rotate_key(algorithm="RS256", actor=SYSTEM)
    answer = client.get(f"{urlsplit(ISSUER).path}{DOCUMENT}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    metadata = answer.json()
    assert metadata["issuer"] == ISSUER
    assert "code" in metadata["response_types_supported"]
    assert "public" in metadata["subject_types_supported"]
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert metadata["claims_supported"]
    assert metadata["grant_types_supported"]
    assert isinstance(metadata["code_challenge_methods_supported"], list)
    endpoints = {name: value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(endpoints)
    assert all(value.startswith("https://") for value in endpoints.values())


def test_the_keys_hold_nothing_private(client: Client, tenant: Tenant) -> None:
    for key in client.get("/oidc/jwks").json()["keys"]:
        assert key["kid"]
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
