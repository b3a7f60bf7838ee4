"""RFC 7592: a client looks after its registration, named by the sentence that each test checks."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application, ClientRegistration
from applications.registration.client_registration import change_registration_settings
from applications.services.applications import update_application
from common.actors import SYSTEM
from identity.models import User
from tenants.context import enter_tenant
from tests.applications.agents import CALLBACK, Agent, document

pytestmark = pytest.mark.django_db

JSON = "application/json"
OTHER_CALLBACK = "https://agent.example/other"


class Registration:
    """A client with what it was told at its registration."""

    def __init__(self, client: Client, **changes: Any) -> None:
        self.client = client
        answer = client.post("/oidc/register", document(None, **changes), content_type=JSON)
        assert answer.status_code == 201, answer.content
        self.told = answer.json()
        self.path = self.told["registration_client_uri"].removeprefix("http://localhost:8000")
        self.token = self.told["registration_access_token"]

    def call(self, method: str, content: Any = None, *, token: str | None = None, path: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        call: Any = getattr(self.client, method)
        address = path or self.path
        if method == "put":
            return call(address, content, content_type=JSON, headers=headers)
        return call(address, headers=headers)

    def put(self, **changes: Any) -> Any:
        """The client's whole metadata again, with changes; `None` leaves a member out."""
        return self.call("put", document(self.told["client_id"], **changes))


@pytest.fixture
def held(client: Client, registration: None) -> Registration:
    return Registration(client)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_2_1_read(held: Registration) -> None:
    answer = held.call("get")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == held.told


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_2_nobody_without_the_token(client: Client, held: Registration, method: str) -> None:
    other = Registration(client)
    for token in ("", "another", other.token):
        answer = held.call(method, {}, token=token)
        assert refusal(answer) == (401, "invalid_token")
        assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert refusal(held.call(method, {}, path="/oidc/register/unknown")) == (401, "invalid_token")
    assert Application.objects.count() == 2


def test_a_registration_is_found_in_its_own_tenant_alone(
    acme_client: Client, held: Registration, tenants: dict[str, Any]
) -> None:
    with enter_tenant("acme"):
        change_registration_settings({"enabled": True}, actor=SYSTEM)
    for method in ("get", "delete"):
        answer = getattr(acme_client, method)(held.path, headers={"Authorization": f"Bearer {held.token}"})
        assert refusal(answer) == (401, "invalid_token")
    assert held.call("get").status_code == 200


def test_2_2_replaces_everything(held: Registration) -> None:
    answer = held.put(client_name="Other", redirect_uris=[OTHER_CALLBACK], client_uri="https://agent.example/")
    assert answer.status_code == 200
    assert answer.json() == {
        **held.told,
        "client_name": "Other",
        "redirect_uris": [OTHER_CALLBACK],
        "client_uri": "https://agent.example/",
    }
    assert "client_uri" not in held.put(client_name=None).json()
    application = Application.objects.get()
    assert (application.name, application.redirect_uri_list) == ("Unnamed client", [CALLBACK])


def test_2_2_takes_effect_at_once(held: Registration) -> None:
    agent = Agent(held.told["client_id"], OTHER_CALLBACK)
    assert refusal(agent.ask()) == (400, "invalid_redirect_uri")
    held.put(redirect_uris=[OTHER_CALLBACK])
    assert agent.ask()["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "another"},
        {"registration_access_token": "any"},
        {"registration_client_uri": "any"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 0},
        {"client_secret": "of my choice"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": None},
        {"grant_types": ["implicit"]},
    ],
)
def test_2_2_what_it_must_not_say(held: Registration, changes: dict[str, Any]) -> None:
    content = {**document(held.told["client_id"]), **changes}
    content = {name: value for name, value in content.items() if value is not None}
    assert refusal(held.call("put", content)) == (400, "invalid_client_metadata")
    assert held.call("get").json() == held.told


def test_2_2_its_secret_it_may_repeat_but_not_choose(client: Client, registration: None) -> None:
    held = Registration(client, token_endpoint_auth_method="client_secret_basic")
    same = {"token_endpoint_auth_method": "client_secret_basic", "client_secret": held.told["client_secret"]}
    assert held.put(**same).json()["client_secret"] == held.told["client_secret"]
    assert refusal(held.put(**{**same, "client_secret": "another"})) == (400, "invalid_client_metadata")


def test_2_2_what_developers_set_stays(held: Registration) -> None:
    application = Application.objects.get()
    update_application(
        application,
        custom_client_metadata={"refreshTokenTtlInDays": 1},
        oidc_client_metadata={**application.oidc_client_metadata, "backchannelLogoutUri": "https://agent.example/out"},
        actor=SYSTEM,
    )
    held.put(redirect_uris=[OTHER_CALLBACK])
    application = Application.objects.get()
    kept = {"refreshTokenTtlInDays": 1, "idTokenSignedResponseAlg": "RS256"}
    assert application.custom_client_metadata == kept
    assert application.oidc_client_metadata["backchannelLogoutUri"] == "https://agent.example/out"


def test_2_3_delete(held: Registration, alice: User) -> None:
    agent = Agent(held.told["client_id"])
    tokens = agent.tokens(alice)
    answer = held.call("delete")
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(held.call("get")) == (401, "invalid_token")
    assert refusal(agent.refresh(tokens["refresh_token"])) == (400, "invalid_client")
    assert not ClientRegistration.objects.exists()


def test_it_is_closed_with_the_registration(held: Registration) -> None:
    change_registration_settings({"enabled": False}, actor=SYSTEM)
    for method in ("get", "put", "delete"):
        assert held.call(method, {}).status_code == 404
    assert Application.objects.exists(), "who is registered stays"
