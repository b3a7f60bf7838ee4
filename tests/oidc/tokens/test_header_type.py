"""The `typ` of access tokens: `at+jwt` (RFC 9068 section 2.1), or `JWT` for an API whose library refuses that.

Spring and others refuse `at+jwt` at their defaults.
"""

from typing import Any

import jwt
import pytest

from access.models import Resource, TokenHeaderType
from access.services.resources import update_resource
from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from oidc.keys.signing import sign_jwt, verify_id_token_hint
from oidc.token.tokens import find_access_token_claims
from tests.oidc.tokens.parties import API, ISSUER, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(api: Resource) -> Resource:
    """An API whose library wants `typ: JWT`."""
    return update_resource(api, access_token_header_type=TokenHeaderType.JWT, actor=SYSTEM)


def typ_of(token: str) -> Any:
    return jwt.get_unverified_header(token)["typ"]


def test_at_first_it_is_at_jwt(spa: Party, api: Resource, alice: User) -> None:
    assert typ_of(spa.token_for(alice, API)) == "at+jwt"


def test_each_grant_signs_it_as_the_api_wants(spa: Party, machine: Party, older: Resource, alice: User) -> None:
    for_user = spa.token_for(alice, API)
    answer = machine.post("token", grant_type="client_credentials", resource=API, scope="read:things").json()
    for token in (for_user, answer["access_token"]):
        assert typ_of(token) == "JWT"
        assert find_access_token_claims(token) is not None
        assert machine.introspect(token)["active"] is True


def test_that_of_another_api_is_no_access_token(spa: Party, api: Resource, alice: User) -> None:
    """A type that other tokens may have, too, counts only where it is wanted (RFC 8725 section 3.11)."""
    moment = int(now().timestamp())
    claims = {"iss": ISSUER, "aud": API, "sub": alice.id, "client_id": spa.id, "iat": moment, "exp": moment + 600}
    assert find_access_token_claims(sign_jwt(claims, typ="JWT")) is None
    assert find_access_token_claims(sign_jwt(claims, typ="at+jwt")) is not None


def test_an_id_token_is_none(spa: Party, older: Resource, alice: User) -> None:
    token = spa.sign_in(alice)["id_token"]
    assert find_access_token_claims(token) is None


def test_it_is_no_id_token_hint(spa: Party, older: Resource, alice: User) -> None:
    """The general type was taken for an ID token's: an access token would have named who signs out."""
    assert verify_id_token_hint(spa.token_for(alice, API), issuer=ISSUER) is None
    hint = verify_id_token_hint(spa.sign_in(alice)["id_token"], issuer=ISSUER)
    assert hint is not None
    assert hint["sub"] == alice.id
