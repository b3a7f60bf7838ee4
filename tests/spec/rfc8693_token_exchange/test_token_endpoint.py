"""RFC 8693: token exchange."""

from typing import Any

import pytest

from identity.models import User
from tenants.models import Tenant
from tests.oidc.tokens.exchanging import (
    ACCESS_TOKEN,
    GRANT_TYPE,
    IMPERSONATION,
    exchange,
    exchanged,
    make_exchanger,
    refused,
    subject_token,
)
from tests.oidc.tokens.parties import API, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchanger(tenant: Tenant) -> Party:
    return make_exchanger()


def invalid_request(answer: Any, description: str) -> None:
    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["error_description"]) == ("invalid_request", description)


def test_the_grant_type_is_published(exchanger: Party) -> None:
    metadata = exchanger.browser.get("/oidc/.well-known/oauth-authorization-server").json()
    assert GRANT_TYPE in metadata["grant_types_supported"]


@pytest.mark.parametrize("name", ["subject_token", "subject_token_type"])
def test_subject_token_and_its_type_are_required(exchanger: Party, alice: User, name: str) -> None:
    """Section 2.1."""
    answer = exchange(exchanger, subject_token(alice), IMPERSONATION, **{name: None})
    invalid_request(answer, f"missing required parameter '{name}'")


@pytest.mark.parametrize(
    "kind",
    [
        "urn:ietf:params:oauth:token-type:refresh_token",
        "urn:ietf:params:oauth:token-type:id_token",
        "urn:ietf:params:oauth:token-type:jwt",
        "urn:ietf:params:oauth:token-type:saml2",
        "access_token",
    ],
)
def test_a_type_that_is_not_supported(exchanger: Party, spa: Party, alice: User, kind: str) -> None:
    """Section 3, and 2.2.2: a subject token that is not accepted."""
    refused(exchange(exchanger, spa.sign_in(alice)["access_token"], kind))


def test_an_actor_token_needs_its_type(exchanger: Party, spa: Party, alice: User, bob: User) -> None:
    """Section 2.1, `actor_token_type`."""
    token = spa.sign_in(bob)["access_token"]
    refused(exchange(exchanger, subject_token(alice), IMPERSONATION, actor_token=token))


def test_an_actors_type_must_not_come_alone(exchanger: Party, alice: User) -> None:
    """Section 2.1, `actor_token_type`."""
    answer = exchange(exchanger, subject_token(alice), IMPERSONATION, actor_token_type=ACCESS_TOKEN)
    invalid_request(answer, "actor_token_type must not be provided without actor_token")


def test_access_tokens_are_issued_and_nothing_else(exchanger: Party, alice: User) -> None:
    """Sections 2.1 and 2.2.1."""
    token = subject_token(alice)
    for kind in ("refresh_token", "id_token", "saml2"):
        kind = f"urn:ietf:params:oauth:token-type:{kind}"
        invalid_request(
            exchange(exchanger, token, IMPERSONATION, requested_token_type=kind),
            "requested_token_type is not supported",
        )
    body = exchanged(exchanger, token, IMPERSONATION, requested_token_type=ACCESS_TOKEN, scope="openid offline_access")
    assert body["issued_token_type"] == ACCESS_TOKEN
    assert body["token_type"] == "Bearer"
    assert set(body) == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}


def test_the_answer_is_not_stored(exchanger: Party, alice: User) -> None:
    """Section 2.2, by RFC 6749 section 5.1."""
    answer = exchange(exchanger, subject_token(alice), IMPERSONATION)
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_actor_is_named_in_the_token(exchanger: Party, spa: Party, alice: User, bob: User) -> None:
    """Section 4.1: the claim `act`; the subject stays the subject."""
    actor = {"actor_token": spa.sign_in(bob)["access_token"], "actor_token_type": ACCESS_TOKEN}
    body = exchanged(exchanger, subject_token(alice), IMPERSONATION, resource=API, **actor)
    claims = exchanger.claims(body["access_token"], API)
    assert (claims["sub"], claims["act"], claims["client_id"]) == (alice.id, {"sub": bob.id}, exchanger.id)


def test_the_subject_token_stays_valid(exchanger: Party, spa: Party, alice: User) -> None:
    """Section 2.1: an exchange does not affect the validity of the subject token."""
    token = spa.sign_in(alice)["access_token"]
    exchanged(exchanger, token)
    assert spa.userinfo(token).status_code == 200
