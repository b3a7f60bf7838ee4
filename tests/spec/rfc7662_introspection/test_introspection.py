"""RFC 7662: what a token stands for, now."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from access.models import Resource
from common.clock import now
from identity.models import User
from tenants.context import enter_tenant
from tests.oidc.tokens.parties import API, ISSUER, SECRET, Party, basic, make_application, unknown_value

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}


def test_an_active_token(spa: Party, traditional: Party, alice: User) -> None:
    with time_machine.travel(now(), tick=False):
        tokens = spa.sign_in(alice, scope="openid offline_access")
        seconds = int(now().timestamp())
        expected = {
            "active": True,
            "sub": alice.id,
            "client_id": spa.id,
            "exp": seconds + 3600,
            "iat": seconds,
            "iss": ISSUER,
            "scope": "openid offline_access",
            "token_type": "Bearer",
        }
        for party in (spa, traditional):
            answer = party.introspect(tokens["access_token"])
            answer.pop("sid", None)
            assert answer == expected


def test_a_refresh_token_is_active_for_its_own_client_alone(spa: Party, traditional: Party, alice: User) -> None:
    """An API let a refresh token in that was sent as a bearer: introspection called it active, `Bearer`, for anybody.

    RFC 6749 section 1.5: it is never sent to a resource server.
    """
    with time_machine.travel(now(), tick=False):
        token = spa.sign_in(alice, scope="openid offline_access")["refresh_token"]
        own = spa.introspect(token)
        assert own["active"]
        assert own["exp"] == int(now().timestamp()) + 14 * 86_400
        assert "token_type" not in own
        assert traditional.introspect(token) == INACTIVE


def test_a_public_client_sees_its_own_alone(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    assert Party(make_application("Native")).introspect(token) == INACTIVE


def test_inactive_tokens(spa: Party, alice: User, bob: User) -> None:
    tokens = spa.sign_in(alice)
    spa.refresh(tokens["refresh_token"])
    assert spa.introspect(unknown_value()) == INACTIVE
    assert spa.introspect(tokens["refresh_token"]) == INACTIVE, "rotated"
    with time_machine.travel(now() + timedelta(seconds=3601)):
        assert spa.introspect(tokens["access_token"]) == INACTIVE
    User.objects.filter(id=alice.id).update(is_suspended=True)
    assert spa.introspect(tokens["access_token"]) == INACTIVE


def test_another_tenants_token(spa: Party, alice: User, acme_client: Client) -> None:
    token = spa.sign_in(alice)["access_token"]
    with enter_tenant("acme"):
        theirs = make_application("Traditional")
    answer = acme_client.post(
        "/oidc/token/introspection", {"token": token}, headers={"Authorization": basic(theirs.id, SECRET)}
    )
    assert answer.json() == INACTIVE


class TestJwt:
    """Section 2.2 knows no kind of token that cannot be asked about; a JWT access token of our own was answered 400."""

    @pytest.fixture
    def tokens(self, spa: Party, alice: User) -> dict[str, str]:
        refresh_token = spa.sign_in(alice, resources={API: "read:things"})["refresh_token"]
        found: dict[str, str] = spa.refresh(refresh_token, resource=API).json()
        return found

    def test_says_what_it_says(self, tokens: dict[str, str], spa: Party, traditional: Party, alice: User) -> None:
        claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        for party in (spa, traditional):
            answer = party.introspect(tokens["access_token"])
            assert answer == {**claims, "active": True, "token_type": "Bearer"}
        assert (answer["sub"], answer["aud"], answer["client_id"]) == (alice.id, API, spa.id)

    def test_not_to_those_who_may_not_know(self, tokens: dict[str, str]) -> None:
        token = tokens["access_token"]
        assert Party(make_application("Native")).introspect(token) == INACTIVE
        assert Party(make_application("Traditional", is_third_party=True)).introspect(token) == INACTIVE

    def test_expired(self, tokens: dict[str, str], traditional: Party) -> None:
        with time_machine.travel(now() + timedelta(hours=2)):
            assert traditional.introspect(tokens["access_token"]) == INACTIVE

    def test_of_a_suspended_user(self, tokens: dict[str, str], traditional: Party, alice: User) -> None:
        User.objects.filter(id=alice.id).update(is_suspended=True)
        assert traditional.introspect(tokens["access_token"]) == INACTIVE

    def test_of_a_revoked_grant(self, tokens: dict[str, str], spa: Party, traditional: Party, alice: User) -> None:
        """Another sign-in of the same user and application keeps nothing of it alive."""
        spa.sign_in(alice)
        assert spa.post("token/revocation", token=tokens["refresh_token"]).status_code == 200
        assert traditional.introspect(tokens["access_token"]) == INACTIVE

    def test_of_a_machine(self, machine: Party, traditional: Party, api: Resource) -> None:
        token = machine.post("token", grant_type="client_credentials", resource=API).json()["access_token"]
        assert traditional.introspect(token)["active"]

    def test_id_tokens_and_forgeries_are_none(self, tokens: dict[str, str], spa: Party, traditional: Party) -> None:
        assert traditional.introspect(tokens["id_token"]) == INACTIVE
        head, body, _signature = tokens["access_token"].split(".")
        assert traditional.introspect(f"{head}.{body}.AAAA") == INACTIVE

    def test_another_tenants(self, tokens: dict[str, str], acme_client: Client) -> None:
        with enter_tenant("acme"):
            theirs = make_application("Traditional")
        answer = acme_client.post(
            "/oidc/token/introspection",
            {"token": tokens["access_token"]},
            headers={"Authorization": basic(theirs.id, SECRET)},
        )
        assert answer.json() == INACTIVE


def test_no_token(spa: Party) -> None:
    assert spa.post("token/introspection").json()["error_description"] == "missing required parameter 'token'"


def test_statements(spa: Party, alice: User, django_assert_num_queries: Any) -> None:
    tokens = spa.sign_in(alice)
    spa.introspect(tokens["access_token"])
    # A refresh token is looked for if there is no such access token.
    for kind, statements in (("access_token", 2), ("refresh_token", 3)):
        with django_assert_num_queries(statements):
            assert spa.introspect(tokens[kind])["active"]
