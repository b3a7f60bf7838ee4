"""RFC 7517: a relying party keeps the set of keys for a while and goes on reading tokens while keys are replaced."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from oidc.tasks import promote_due_keys
from tenants.services.keys import rotate_key
from tests.oidc.tokens.parties import Party

pytestmark = pytest.mark.django_db

GRACE = 3600


class Verifier:
    """Holds the keys it has read, and reads them again only when `read` is called."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.read()

    def read(self) -> None:
        self.keys = jwt.PyJWKSet.from_dict(self.client.get("/oidc/jwks").json())

    def accepts(self, token: str, party: Party) -> bool:
        header = jwt.get_unverified_header(token)
        try:
            key = self.keys[header["kid"]]
        except KeyError:
            return False
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[header["alg"]], audience=party.id)
        return bool(claims)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_4_5_with_a_grace_period_no_token_is_signed_by_a_key_it_has_not_read(
    client: Client, spa: Party, alice: User, algorithm: str
) -> None:
    early = Verifier(client)
    rotate_key(algorithm=algorithm, grace_period=GRACE, actor=SYSTEM)
    staged = Verifier(client)
    before = spa.sign_in(alice)["id_token"]
    assert early.accepts(before, spa), "the staged key signs before it is due"
    with time_machine.travel(now() + timedelta(seconds=GRACE + 1)):
        promote_due_keys()
        after = spa.sign_in(alice)["id_token"]
        assert jwt.get_unverified_header(after)["alg"] == algorithm
        assert staged.accepts(after, spa), "what was read during the grace period knows the key that signs now"
        assert not early.accepts(after, spa)
        assert Verifier(client).accepts(after, spa)


def test_4_5_tokens_of_the_key_before_are_read_by_who_reads_the_keys_now(
    client: Client, spa: Party, alice: User
) -> None:
    token = spa.sign_in(alice)["id_token"]
    rotate_key(actor=SYSTEM)
    assert Verifier(client).accepts(token, spa)


def test_a_late_promotion_signs_with_what_is_published(client: Client, spa: Party, alice: User) -> None:
    """Beat was away when the key was due: the current key goes on."""
    rotate_key(grace_period=GRACE, actor=SYSTEM)
    verifier = Verifier(client)
    with time_machine.travel(now() + timedelta(days=1)):
        assert verifier.accepts(spa.sign_in(alice)["id_token"], spa)
        promote_due_keys()
        assert verifier.accepts(spa.sign_in(alice)["id_token"], spa)


def test_the_set_says_that_it_must_be_read_again(client: Client, spa: Party) -> None:
    assert client.get("/oidc/jwks")["Cache-Control"] == "no-cache, max-age=0, must-revalidate"
