"""RFC 6749 section 2.3: how a client says who it is, at every machine endpoint."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications.models import Application, ApplicationSecret
from common.clock import now
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.tokens.parties import SECRET, Party, add_secret, basic, make_application

pytestmark = pytest.mark.django_db

ENDPOINTS = ("token", "token/introspection", "token/revocation")


def post(client: Client, path: str, headers: dict[str, str] | None = None, **parameters: str) -> Any:
    if path == "token":
        parameters = {"grant_type": "client_credentials", **parameters}
    return client.post(f"/oidc/{path}", {"token": "t", **parameters}, headers=headers or {})


def failure(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    assert body["code"] == f"oidc.{body['error']}"
    assert isinstance(body["message"], str)
    assert body["message"]
    assert answer["Content-Type"] == "application/json"
    return answer.status_code, body["error"], body["error_description"]


@pytest.mark.parametrize("path", ENDPOINTS)
class TestEveryEndpoint:
    def test_nobody(self, client: Client, tenant: Tenant, path: str) -> None:
        assert failure(post(client, path)) == (400, "invalid_request", "no client authentication mechanism provided")

    def test_an_unknown_client(self, client: Client, tenant: Tenant, path: str) -> None:
        expected = (400, "invalid_client", "invalid client nobody")
        assert failure(post(client, path, client_id="nobody", client_secret="x")) == expected
        assert failure(post(client, path, {"Authorization": basic("nobody")})) == expected

    def test_another_tenants_client(self, client: Client, tenants: dict[str, Tenant], path: str) -> None:
        with enter_tenant("acme"):
            theirs = make_application("MachineToMachine")
        assert failure(post(client, path, client_id=theirs.id, client_secret=SECRET))[1] == "invalid_client"

    def test_a_wrong_secret(self, client: Client, machine: Party, path: str) -> None:
        answer = post(client, path, client_id=machine.id, client_secret=SECRET + "x")
        assert failure(answer) == (401, "invalid_client", "client authentication failed")
        assert "WWW-Authenticate" not in answer
        answer = post(client, path, {"Authorization": basic(machine.id, "wrong")})
        assert failure(answer) == (401, "invalid_client", "client authentication failed")
        assert answer["WWW-Authenticate"].startswith("Basic ")

    def test_no_secret(self, client: Client, machine: Party, path: str) -> None:
        assert failure(post(client, path, client_id=machine.id))[0] == 401

    def test_two_different_ids(self, client: Client, machine: Party, traditional: Party, path: str) -> None:
        answer = post(client, path, {"Authorization": basic(machine.id)}, client_id=traditional.id)
        assert failure(answer) == (400, "invalid_request", "client_id mismatch")

    def test_the_secret_twice(self, client: Client, machine: Party, path: str) -> None:
        answer = post(client, path, {"Authorization": basic(machine.id)}, client_secret=SECRET)
        assert failure(answer)[2] == "client authentication must only be provided using one mechanism"

    @pytest.mark.parametrize(
        "value",
        [
            "Basic",
            "Basic !",
            "Bearer token",
            "Basic " + base64.b64encode(b"no colon").decode(),
            "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
            "Basic " + base64.b64encode(b"a%00b:x").decode(),
        ],
    )
    def test_a_malformed_header(self, client: Client, tenant: Tenant, path: str, value: str) -> None:
        expected = (400, "invalid_request", "invalid authorization header value format")
        assert failure(post(client, path, {"Authorization": value})) == expected

    def test_a_client_with_nowhere_to_redirect_to(self, client: Client, tenant: Tenant, path: str) -> None:
        party = make_application("SPA", redirect_uris=[])
        assert failure(post(client, path, client_id=party.id))[1] == "invalid_redirect_uri"

    @pytest.mark.parametrize("way", ["header", "body"])
    def test_the_right_secret(self, client: Client, machine: Party, path: str, way: str) -> None:
        """What follows may fail, but not for who asks."""
        if way == "header":
            answer = post(client, path, {"Authorization": basic(machine.id)}, client_id=machine.id)
        else:
            answer = post(client, path, client_id=machine.id, client_secret=SECRET)
        assert answer.status_code == 200 or answer.json()["error"] == "invalid_target"


class TestSecrets:
    def test_any_living_one_will_do(self, client: Client, machine: Party) -> None:
        add_secret(machine.application, "second-secret", name="second", expires_at=now() + timedelta(hours=1))
        for secret in (SECRET, "second-secret"):
            answer = post(client, "token/revocation", client_id=machine.id, client_secret=secret)
            assert answer.status_code == 200

    def test_an_expired_one(self, client: Client, machine: Party) -> None:
        ApplicationSecret.objects.update(expires_at=now() - timedelta(seconds=1))
        expected = (400, "invalid_request", "client secret has expired")
        assert failure(post(client, "token", client_id=machine.id, client_secret=SECRET)) == expected

    def test_a_deleted_one(self, client: Client, machine: Party) -> None:
        post(client, "token/revocation", client_id=machine.id, client_secret=SECRET)
        ApplicationSecret.objects.all().delete()
        assert failure(post(client, "token", client_id=machine.id, client_secret=SECRET))[0] == 401

    def test_another_applications(self, client: Client, machine: Party) -> None:
        other = make_application("Traditional")
        ApplicationSecret.objects.filter(application=other).delete()
        add_secret(other, "only-the-others")
        assert failure(post(client, "token", client_id=machine.id, client_secret="only-the-others"))[0] == 401

    def test_a_deleted_application(self, client: Client, machine: Party) -> None:
        post(client, "token/revocation", client_id=machine.id, client_secret=SECRET)
        Application.objects.all().delete()
        assert failure(post(client, "token", client_id=machine.id, client_secret=SECRET))[1] == "invalid_client"


class TestPublicClients:
    """Server-side libraries put a Basic header on everything, whatever the kind of application."""

    def test_a_header_beside_the_id_is_overlooked(self, client: Client, spa: Party) -> None:
        for secret in ("", "undefined"):
            answer = post(client, "token/revocation", {"Authorization": basic(spa.id, secret)}, client_id=spa.id)
            assert answer.status_code == 200

    def test_a_secret_alone_is_the_wrong_method(self, client: Client, spa: Party) -> None:
        assert failure(post(client, "token", {"Authorization": basic(spa.id, "x")}))[0] == 401
        assert failure(post(client, "token", client_id=spa.id, client_secret="x"))[0] == 401
