"""An application that signs its requests, and how they are answered."""

from typing import Any

import pytest

from applications.models import Application
from tests.oidc.authorization.browsing import Browser
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.proofs import Key, key_set


class Signer:
    """An application that signs its requests, in one browser."""

    def __init__(self, browser: Browser, application: Application, key: Key) -> None:
        self.browser, self.application, self.key = browser, application, key
        self.id = application.id

    def parameters(self, **changes: Any) -> dict[str, Any]:
        return self.browser.request_of(self.id, **changes)

    def object(self, *, inside: dict[str, Any] | None = None, **changes: Any) -> str:
        return self.key.request_object(self.id, self.parameters(**(inside or {})), **changes)

    def send(self, text: str, **extra: Any) -> Any:
        return self.browser.client.get("/oidc/auth", {"client_id": self.id, "request": text, **extra})


def refused(answer: Any, error: str = "invalid_request_object") -> bool:
    """Shown to the user: nobody can be answered whom only the object names."""
    assert "Location" not in answer.headers
    return bool((answer.status_code, answer.json()["error"]) == (400, error))


def starts_sign_in(answer: Any) -> bool:
    return bool(answer.status_code == 303 and answer["Location"].startswith("/sign-in?"))


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def signer(browser: Browser, make_application: MakeApplication, key: Key) -> Signer:
    return Signer(browser, make_application(jwks=key_set(key)), key)


@pytest.fixture
def strict(browser: Browser, make_application: MakeApplication, key: Key) -> Signer:
    return Signer(browser, make_application(jwks=key_set(key), requireSignedRequestObject=True), key)
