"""A single-page application at tenant `default`, its users, and a browser that talks to the Experience API."""

from collections.abc import Callable
from json import dumps
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.errors import AppError
from connectors.services.connectors import create_connector
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from identity.models import User
from identity.services import codes
from identity.services.users import create_user
from tenants.models import Tenant
from tests.people import PASSWORD as PASSWORD

NEW_PASSWORD = "copper lantern 77"
REDIRECT_URI = "https://app.example.com/callback"

Answer = tuple[int, Any]


class Browser:
    """Calls the Experience API as a hosted page does: JSON, the cookie, and nothing else."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    def open(self, application: Application, **extra: str) -> str:
        """Send the browser to the authorization endpoint and return where it is led."""
        parameters = {
            "client_id": application.id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile",
            "state": "s",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
            "prompt": "login",
            **extra,
        }
        answer = self.client.get(f"/oidc/auth?{urlencode(parameters)}")
        assert answer.status_code == 303, answer.content
        return str(answer["Location"])

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Return status and JSON of one call."""
        answer = self.client.generic(
            method,
            f"/api/experience{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            headers=self.headers,
        )
        return answer.status_code, answer.json() if answer.content else None

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def start(self, event: str = "SignIn") -> None:
        """Begin a journey."""
        assert self.put("", {"interactionEvent": event}) == (204, None)

    def give_password(self, kind: str, value: str, password: str = PASSWORD) -> str:
        """Prove a password and return the verification id."""
        body = {"identifier": {"type": kind, "value": value}, "password": password}
        status, answer = self.post("/verification/password", body)
        assert status == 200, answer
        return str(answer["verificationId"])

    def ask_code(self, kind: str, value: str, event: str) -> str:
        """Have a code sent and return the verification id."""
        body = {"identifier": {"type": kind, "value": value}, "interactionEvent": event}
        status, answer = self.post("/verification/verification-code", body)
        assert status == 200, answer
        return str(answer["verificationId"])

    def give_code(self, kind: str, value: str, verification_id: str, code: str) -> Answer:
        """Enter a code."""
        body = {"identifier": {"type": kind, "value": value}, "verificationId": verification_id, "code": code}
        return self.post("/verification/verification-code/verify", body)

    def prove(self, kind: str, value: str, event: str, outbox: list[dict[str, Any]]) -> str:
        """Receive a code, enter it, and return the verification id."""
        verification_id = self.ask_code(kind, value, event)
        code = outbox[-1]["payload"]["code"]
        assert self.give_code(kind, value, verification_id, code) == (200, {"verificationId": verification_id})
        return verification_id

    def identify(self, verification_id: str | None = None) -> Answer:
        return self.post("/identification", {} if verification_id is None else {"verificationId": verification_id})

    def submit(self) -> Answer:
        return self.post("/submit")

    def finish(self, answer: Answer) -> str:
        """Follow a submission to the provider and return where the application gets its answer."""
        status, body = answer
        assert status == 200, body
        resumed = self.client.get(body["redirectTo"].removeprefix("http://localhost:8000"))
        assert resumed.status_code == 303, resumed.content
        return str(resumed["Location"])


def _json(body: Any) -> bytes:
    return dumps(body).encode()


def code_of(answer: Answer) -> tuple[int, str]:
    """Status and error code."""
    return answer[0], answer[1]["code"]


@pytest.fixture
def application(tenant: Tenant) -> Application:
    return create_application(
        name="Shop",
        type="SPA",
        oidc_client_metadata={"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []},
        actor=SYSTEM,
    )


@pytest.fixture
def browser(client: Client, application: Application) -> Browser:
    """A browser with a sign-in of the application under way."""
    browser = Browser(client)
    assert browser.open(application).startswith("/sign-in?")
    return browser


@pytest.fixture
def other_browser(application: Application) -> Browser:
    """Another browser with a sign-in of its own."""
    browser = Browser(Client(HTTP_HOST="localhost:8000"))
    browser.open(application)
    return browser


@pytest.fixture
def bob(tenant: Tenant) -> User:
    """Bob has an email address and nothing else."""
    return create_user(primary_email="bob@example.com", actor=SYSTEM)


@pytest.fixture
def connectors(tenant: Tenant) -> None:
    """Email and SMS can be sent."""
    for channel in ("email", "sms"):
        create_connector(factory_id=f"development-mailbox-{channel}", config={}, actor=SYSTEM)


@pytest.fixture
def outbox(connectors: None, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every message handed over for delivery."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(codes, "send_message", lambda **message: sent.append(message))
    return sent


@pytest.fixture
def settings_of(tenant: Tenant) -> Callable[..., None]:
    """Change the tenant's sign-in settings."""

    def change(**changes: Any) -> None:
        update_sign_in_experience(changes, actor=SYSTEM)

    return change


def refused(**changes: Any) -> AppError:
    """Return the error with which changes of settings are refused; nothing of them may stay."""
    before = get_sign_in_experience().wire
    with pytest.raises(AppError) as raised:
        update_sign_in_experience(changes, actor=SYSTEM)
    assert get_sign_in_experience().wire == before
    return raised.value


def method(identifier: str, *, password: bool = False, code: bool = False) -> dict[str, Any]:
    """One entry of `signIn.methods`."""
    return {"identifier": identifier, "password": password, "verificationCode": code, "isPasswordPrimary": password}


@pytest.fixture
def every_method(connectors: None, settings_of: Callable[..., None]) -> None:
    """Every identifier signs in, by password and by code; signing up asks for a verified email address."""
    settings_of(
        signUp={"identifiers": ["email"], "password": False, "verify": True},
        signIn={
            "methods": [
                method("username", password=True),
                method("email", password=True, code=True),
                method("phone", password=True, code=True),
            ]
        },
        forgotPasswordMethods=["EmailVerificationCode", "PhoneVerificationCode"],
    )
