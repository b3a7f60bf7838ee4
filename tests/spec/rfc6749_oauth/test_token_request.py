"""RFC 6749 sections 3.2 and 5.2: what the token endpoint takes, and how it says no."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.models import Tenant
from tests.oidc.tokens.parties import SECRET, Party

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def post(client: Client, body: str | bytes, content_type: str = FORM) -> Any:
    return client.generic("POST", "/oidc/token", body, content_type=content_type)


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8", "application/json"])
def test_a_form_or_json(client: Client, machine: Party, content_type: str) -> None:
    values = {"client_id": machine.id, "client_secret": SECRET, "grant_type": "client_credentials"}
    values["resource"] = "https://default.logto.app/api"
    body = json.dumps(values) if "json" in content_type else "&".join(f"{key}={value}" for key, value in values.items())
    assert post(client, body, content_type).status_code == 200


@pytest.mark.parametrize(
    ("charset", "codec"), [("utf-16le", "utf-16le"), ("UTF16LE", "utf-16le"), ("latin1", "latin1")]
)
def test_the_charset_counts(client: Client, tenant: Tenant, charset: str, codec: str) -> None:
    body = "client_id=müller&grant_type=client_credentials".encode(codec)
    answer = post(client, body, f"{FORM}; charset={charset}")
    assert answer.json()["error_description"] == "invalid client müller"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("client_id=a%00b", FORM, 400),
        ('{"client_id": "a\\u0000b"}', "application/json", 400),
        ('{"client_id": "\\ud800"}', "application/json", 400),
        ("client_id=%ff", FORM, 400),
        ("client_id=a&client_id=b", FORM, 400),
        ("client_id=a&unknown=1&unknown=2", FORM, 400),
        ('{"client_id": {"$ne": 1}}', "application/json", 400),
        ('{"client_id": ["a"]}', "application/json", 400),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("[" * 20_000, "application/json", 400),
        ("client_id=a", "text/plain", 400),
        ("nonsense", "multipart/form-data; boundary=x", 400),
        ("client_id=a", f"{FORM}; charset=nonsense", 400),
        ("&".join(f"a{number}=1" for number in range(500)), FORM, 400),
        ("client_id=" + "a" * 57_344, FORM, 413),
    ],
)
def test_what_cannot_be_read(client: Client, tenant: Tenant, body: str, content_type: str, status: int) -> None:
    answer = post(client, body, content_type)
    assert answer.status_code == status
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["code"] == "oidc.invalid_request"


def test_an_empty_parameter_counts_as_omitted(client: Client, tenant: Tenant) -> None:
    body = post(client, "client_id=&client_secret=").json()
    assert body["error_description"] == "no client authentication mechanism provided"


def test_the_resource_may_be_repeated(client: Client, machine: Party) -> None:
    body = f"client_id={machine.id}&client_secret={SECRET}&grant_type=client_credentials"
    answer = post(client, f"{body}&resource=https://default.logto.app/api&resource=https://default.logto.app/api")
    assert answer.status_code == 200


def test_an_unknown_grant(machine: Party) -> None:
    for name in ("password", "implicit", "urn:ietf:params:oauth:grant-type:saml2-bearer"):
        body = machine.post("token", grant_type=name).json()
        assert (body["error"], body["error_description"]) == (
            "unsupported_grant_type",
            "unsupported grant_type requested",
        )


class TestErrors:
    def test_the_raw_body(self, client: Client, tenant: Tenant) -> None:
        answer = client.post("/oidc/token?parse_error=false", {"client_id": "nobody"})
        assert answer.json() == {"error": "invalid_client", "error_description": "invalid client nobody"}

    def test_the_message_is_in_the_readers_language(self, client: Client, tenant: Tenant) -> None:
        for language in ("en", "de", "xx"):
            answer = client.post("/oidc/token", {"client_id": "x"}, headers={"Accept-Language": language})
            assert answer.json()["code"] == "oidc.invalid_client"

    def test_always_json_and_never_stored(self, client: Client, tenant: Tenant) -> None:
        answer = client.post("/oidc/token", {}, headers={"Accept": "text/html"})
        assert answer["Content-Type"] == "application/json"
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
    @pytest.mark.parametrize("path", ["token", "token/introspection", "token/revocation"])
    def test_another_method(self, client: Client, tenant: Tenant, method: str, path: str) -> None:
        answer = client.generic(method, f"/oidc/{path}")
        assert answer.status_code == 404
        description = f"unrecognized route or not allowed method ({method} on /oidc/{path})"
        assert answer.json()["error_description"] == description

    @pytest.mark.parametrize("path", ["", "nothing", "token/", "register", "jwks/x", ".well-known/nothing", "reg?a=b"])
    def test_an_unknown_route(self, client: Client, tenant: Tenant, path: str) -> None:
        answer = client.post(f"/oidc/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"] == "invalid_request"
        assert "unrecognized route" in answer.json()["error_description"]

    def test_a_failure_of_ours_tells_nothing(
        self, client: Client, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("the database password is hunter2")

        monkeypatch.setattr("oidc.token.endpoint.identify_caller", fail)
        answer = client.post("/oidc/token", {"client_id": "x"})
        assert answer.status_code == 500
        body = answer.json()
        assert (body["error"], body["error_description"]) == ("server_error", "oops! something went wrong")
        assert body["code"] == "oidc.server_error"
        assert b"hunter2" not in answer.content
