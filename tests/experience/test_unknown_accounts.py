"""Nothing in an answer says who has an account: same status, same words, by the API and on the pages.

How long the answers take is `bench/enumeration.py`'s to compare.
"""

import json
import re
from typing import Any

import pytest

from applications.models import Application
from identity.models import User
from tests.experience.conftest import Browser, method
from tests.experience.pages.conftest import Visitor

# alice has a password, bob has none, and nobody is called like the third.
NAMES = ("alice", "bob", "carl")
# What is of one request: ids and tokens of their lengths, nonces, the seconds until another code, and who was asked
# about.
_OF_ONE_REQUEST = re.compile(
    r"alice|bob|carl|data-wait=\"(?:59|60)\"|nonce=\"[^\"]+\"|value=\"\w{64}\"|\b[a-z0-9]{21}\b"
)


@pytest.fixture(autouse=True)
def _tenant(alice: User, bob: User, settings_of: Any, outbox: list[dict[str, Any]]) -> None:
    """Users sign in by password alone, and nobody new is let in."""
    settings_of(
        signIn={"methods": [method("email", password=True)]},
        signInMode="SignIn",
        forgotPasswordMethods=["EmailVerificationCode"],
    )


@pytest.fixture
def by_code(settings_of: Any) -> None:
    settings_of(signIn={"methods": [method("email", code=True)]})


def without_what_is_of_one_request(text: str) -> str:
    return _OF_ONE_REQUEST.sub("·", text)


def asked(browser: Browser, event: str, path: str, **body: Any) -> set[str]:
    """What the API answers about each of them."""
    answers = set()
    for name in NAMES:
        browser.start(event)
        who = {"identifier": {"type": "email", "value": f"{name}@example.com"}}
        status, answer = browser.post(f"/verification/{path}", {**who, **body})
        answers.add(f"{status} {without_what_is_of_one_request(json.dumps(answer))}")
    return answers


def shown(application: Application, path: str, **fields: str) -> set[str]:
    """What a page shows about each of them, wherever its form leads."""
    pages = set()
    for name in NAMES:
        visitor = Visitor(application).open()
        visitor.go(visitor.response.request["PATH_INFO"].replace("/sign-in", path))
        visitor.send(identifier=f"{name}@example.com", **fields)
        pages.add(f"{visitor.path} {without_what_is_of_one_request(visitor.html)}")
    return pages


def test_a_wrong_password(browser: Browser, application: Application) -> None:
    (answer,) = asked(browser, "SignIn", "password", password="wrong")
    assert "session.invalid_credentials" in answer
    (page,) = shown(application, "/sign-in", password="wrong")
    assert page.startswith("/sign-in ")


def test_a_code_for_a_forgotten_password(
    browser: Browser, application: Application, outbox: list[dict[str, Any]]
) -> None:
    (answer,) = asked(browser, "ForgotPassword", "verification-code", interactionEvent="ForgotPassword")
    assert answer.startswith("200 ")
    (page,) = shown(application, "/forgot-password")
    assert page.startswith("/forgot-password/verification-code ")
    assert {message["recipient"] for message in outbox} == {"alice@example.com", "bob@example.com"}


@pytest.mark.usefixtures("by_code")
def test_a_code_to_sign_in(browser: Browser, application: Application, outbox: list[dict[str, Any]]) -> None:
    (answer,) = asked(browser, "SignIn", "verification-code", interactionEvent="SignIn")
    assert answer.startswith("200 ")
    (page,) = shown(application, "/sign-in")
    assert page.startswith("/sign-in/verification-code ")
    assert {message["recipient"] for message in outbox} == {"alice@example.com", "bob@example.com"}
