"""OpenID Connect Core section 10.1.1: signing keys change without a verification that fails."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from tenants.models import Tenant
from tenants.services.keys import promote_due_key, rotate_key
from tests.oidc.tokens.parties import ISSUER, Party

pytestmark = pytest.mark.django_db

CACHED_FOR = timedelta(minutes=10)


class Verifier:
    """An API that keeps the keys for ten minutes, and does not ask again for one it does not know."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.read_at = now() - CACHED_FOR
        self.keys: dict[str, Any] = {}

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        if now() - self.read_at >= CACHED_FOR:
            document = self.client.get("/oidc/jwks").json()["keys"]
            self.keys = {key["kid"]: jwt.PyJWK.from_dict(key) for key in document}
            self.read_at = now()
        key = self.keys[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[key.algorithm_name], audience=audience, issuer=ISSUER
        )
        return claims


@pytest.mark.parametrize("algorithm", ["ES256", "ES384"])
def test_with_a_grace_period_no_verification_fails(
    client: Client,
    tenant: Tenant,
    spa: Party,
    alice: User,
    algorithm: str,
) -> None:
    used = set()
    with time_machine.travel(now(), tick=False) as clock:
        verifier = Verifier(client)
        first = spa.sign_in(alice)["id_token"]
        verifier.verify(first, spa.id)
        rotate_key(algorithm=algorithm, grace_period=int(CACHED_FOR.total_seconds()), actor=SYSTEM)
        for _ in range(30):
            clock.shift(timedelta(minutes=1))
            promote_due_key()
            token = spa.sign_in(alice)["id_token"]
            used.add(jwt.get_unverified_header(token)["kid"])
            assert verifier.verify(token, spa.id)["sub"] == alice.id
        assert len(used) == 2, "the key has changed meanwhile"
        assert verifier.verify(first, spa.id)["sub"] == alice.id, "the one before is still published"
