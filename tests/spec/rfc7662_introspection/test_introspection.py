"""RFC 7662: what a token stands for, now."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now
from identity.models import User
from tenants.context import enter_tenant
from tests.oidc.tokens.parties import API, ISSUER, SECRET, Party, basic, make_application, unknown_value

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}


@pytest.mark.parametrize(("kind", "lifetime"), [("access_token", 3600), ("refresh_token", 14 * 86_400)])
def test_an_active_token(spa: Party, traditional: Party, alice: User, kind: str, lifetime: int) -> None:
    with time_machine.travel(now(), tick=False):
        tokens = spa.sign_in(alice, scope="openid offline_access")
        seconds = int(now().timestamp())
        expected = {
            "active": True,
            "sub": alice.id,
            "client_id": spa.id,
            "exp": seconds + lifetime,
            "iat": seconds,
            "iss": ISSUER,
            "scope": "openid offline_access",
            "token_type": "Bearer",
        }
        for party in (spa, traditional):
            answer = party.introspect(tokens[kind])
            answer.pop("sid", None)
            assert answer == expected


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


def test_a_jwt(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice, resources={API: "read:things"})
    jwt = spa.refresh(tokens["refresh_token"], resource=API).json()["access_token"]
    answer = spa.post("token/introspection", token=jwt)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")
    description = "Structured JWT Tokens cannot be introspected via the introspection_endpoint"
    assert answer.json()["error_description"] == description


def test_no_token(spa: Party) -> None:
    assert spa.post("token/introspection").json()["error_description"] == "missing required parameter 'token'"


def test_statements(spa: Party, alice: User, django_assert_num_queries: Any) -> None:
    tokens = spa.sign_in(alice)
    spa.introspect(tokens["access_token"])
    for kind in ("access_token", "refresh_token"):
        with django_assert_num_queries(2):
            assert spa.introspect(tokens[kind])["active"]
