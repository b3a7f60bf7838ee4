"""RFC 6750: how an access token is presented at the userinfo endpoint."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now
from identity.models import User
from oidc.models import Grant
from tenants.models import Tenant
from tests.oidc.tokens.parties import API, Party, unknown_value

pytestmark = pytest.mark.django_db


def refused(answer: Any) -> None:
    assert answer.status_code == 401
    body = answer.json()
    assert (body["error"], body["error_description"]) == ("invalid_token", "invalid token provided")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert answer["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("way", ["header", "form", "lower case"])
def test_a_token(spa: Party, alice: User, way: str) -> None:
    token = spa.sign_in(alice)["access_token"]
    if way == "form":
        answer = spa.browser.post("/oidc/me", {"access_token": token})
    else:
        scheme = "bearer" if way == "lower case" else "Bearer"
        answer = spa.browser.get("/oidc/me", headers={"Authorization": f"{scheme} {token}"})
    assert answer.status_code == 200
    assert answer.json()["sub"] == alice.id


def test_no_token(client: Client, tenant: Tenant) -> None:
    answer = client.get("/oidc/me")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == "no access token provided"
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_never_in_the_query(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    assert spa.browser.get("/oidc/me", {"access_token": token}).status_code == 400


def test_two_ways_at_once(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    answer = spa.browser.post("/oidc/me", {"access_token": token}, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["error_description"] == "access token must only be provided using one mechanism"


@pytest.mark.parametrize("value", ["Basic abc", "Bearer", "Bearer "])
def test_another_header(client: Client, tenant: Tenant, value: str) -> None:
    assert client.get("/oidc/me", headers={"Authorization": value}).json()["error"] == "invalid_request"


@pytest.mark.parametrize("token", [unknown_value(), "a.b.c", "x" * 10_000, "ä"], ids=["unknown", "jwt", "long", "text"])
def test_an_unknown_token(spa: Party, token: str) -> None:
    refused(spa.userinfo(token))


def test_a_jwt_for_an_api(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice, resources={API: "read:things"})
    refused(spa.userinfo(spa.refresh(tokens["refresh_token"], resource=API).json()["access_token"]))
    refused(spa.userinfo(tokens["id_token"]))
    refused(spa.userinfo(tokens["refresh_token"]))


def test_an_expired_token(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    with time_machine.travel(now() + timedelta(seconds=3601)):
        refused(spa.userinfo(token))


def test_what_the_token_depends_on(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    User.objects.update(is_suspended=True)
    refused(spa.userinfo(token))
    User.objects.update(is_suspended=False)
    assert spa.userinfo(token).status_code == 200
    Grant.objects.update(revoked_at=now())
    refused(spa.userinfo(token))
    alice.delete()
    refused(spa.userinfo(token))


def test_another_tenants_token(spa: Party, alice: User, acme_client: Client) -> None:
    token = spa.sign_in(alice)["access_token"]
    refused(acme_client.get("/oidc/me", headers={"Authorization": f"Bearer {token}"}))


def test_without_openid(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, scope="profile offline_access")["access_token"]
    answer = spa.userinfo(token)
    assert answer.status_code == 403
    assert (answer.json()["error"], answer.json()["scope"]) == ("insufficient_scope", "openid")
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
