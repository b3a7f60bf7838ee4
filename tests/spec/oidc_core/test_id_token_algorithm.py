"""OpenID Connect Core sections 2 and 15.1, Registration section 2: `id_token_signed_response_alg`."""

from typing import Any

import jwt
import pytest

from applications.clients import find_client
from applications.services.applications import update_application
from common.actors import SYSTEM
from common.errors import AppError
from identity.models import User
from oidc.backchannel_logout.logout_token import logout_token
from tenants.services.keys import current_signer, rotate_key
from tests.spec.relying_party import RelyingParty, make_person, register

pytestmark = pytest.mark.django_db


def header_of(token: str) -> dict[str, Any]:
    return jwt.get_unverified_header(token)


@pytest.fixture
def person(tenant: Any) -> User:
    return make_person()


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_id_tokens_and_logout_tokens_follow_the_application(person: User, algorithm: str) -> None:
    """Libraries at their defaults take RS256 alone, and refused the ES256 that every application got."""
    party = RelyingParty(register(idTokenSignedResponseAlg=algorithm))
    tokens = party.tokens()
    assert header_of(tokens["id_token"])["alg"] == algorithm
    assert party.verified(tokens["id_token"])["sub"] == person.id
    client = find_client(party.id)
    assert client is not None
    token = logout_token(issuer="http://localhost:8000/oidc", client=client, user_id=person.id, sid=None)
    assert header_of(token) == {"alg": algorithm, "typ": "logout+jwt", "kid": current_signer(algorithm).kid}


def test_without_a_choice_the_default_key_signs(person: User) -> None:
    party = RelyingParty(register())
    assert header_of(party.tokens()["id_token"])["alg"] == "ES256"
    rotate_key(algorithm="ES384", actor=SYSTEM)
    assert header_of(party.tokens()["id_token"])["alg"] == "ES384"


def test_a_refreshed_id_token_is_signed_alike(person: User) -> None:
    party = RelyingParty(register(idTokenSignedResponseAlg="RS256", alwaysIssueRefreshToken=True))
    first = party.tokens()
    again = party.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert header_of(again["id_token"])["alg"] == "RS256"


def test_a_hint_of_either_key_is_known(person: User) -> None:
    """RP-Initiated Logout section 2: the hint is an ID token that this provider issued."""
    party = RelyingParty(register(idTokenSignedResponseAlg="RS256"))
    hint = party.tokens()["id_token"]
    answer = party.ask(prompt="none", id_token_hint=hint)
    assert "code=" in answer["Location"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"idTokenSignedResponseAlg": "HS256"},
        {"idTokenSignedResponseAlg": "none"},
        {"idTokenSignedResponseAlg": "PS256"},
        {"idTokenSignedResponseAlg": ""},
    ],
)
def test_what_no_key_signs_is_refused(tenant: Any, metadata: dict[str, Any]) -> None:
    application = register()
    with pytest.raises(AppError, match=r"guard\.invalid_input"):
        update_application(application, custom_client_metadata=metadata, actor=SYSTEM)
