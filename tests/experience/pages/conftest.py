"""Somebody who uses the hosted pages without JavaScript: reads a page, fills in its form, follows where it leads."""

import re
from html import unescape
from json import loads
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.test.utils import ContextList

from applications.models import Application
from tests.experience.conftest import Browser
from tests.experience.providers.conftest import acme_idp, connector, echo, orbit  # noqa: F401
from tests.experience.second_factors.conftest import (  # noqa: F401
    EVERY_FACTOR,
    Settings,
    authenticator,
    backup_codes,
    every_factor,
    noon,
    totp_secret,
)

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_REQUEST = re.compile(r'name="request" value="(\w+)"')
_FORWARD = re.compile(r'<meta http-equiv="refresh" content="0;url=http://localhost:8000([^"]+)">')


_OPTIONS = re.compile(r'data-options="([^"]+)"')
_CHALLENGE = re.compile(r'name="verification_id" value="(\w*)"')


class Visitor:
    """Holds the page that is open. CSRF tokens are checked as in production."""

    def __init__(self, application: Application, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000", headers=headers)
        self.application = application
        self.response: Any = None

    def open(self, **extra: str) -> "Visitor":
        """Come from the application."""
        return self.go(Browser(self.client).open(self.application, **extra))

    def go(self, address: str) -> "Visitor":
        """Open an address and follow redirects."""
        self.response = self.client.get(address, follow=True)
        return self

    def send(self, **fields: str) -> "Visitor":
        """Send the form of the page that is open."""
        token = _TOKEN.search(self.html)
        assert token, self.html
        address = self.response.request["PATH_INFO"] + "?" + self.response.request["QUERY_STRING"]
        data = {**fields, "csrfmiddlewaretoken": token[1]}
        self.response = self.client.post(address, data, follow=True)
        return self

    def press(self, **fields: str) -> "Visitor":
        """Press the main button of a page that was drawn for one request."""
        request = _REQUEST.search(self.html)
        assert request, self.html
        return self.send(request=request[1], **fields)

    @property
    def html(self) -> str:
        return str(self.response.content.decode())

    @property
    def path(self) -> str:
        return str(self.response.request["PATH_INFO"])

    @property
    def context(self) -> ContextList:
        return self.response.context

    @property
    def error_codes(self) -> list[str]:
        """The codes of the errors that the page shows, with the field's name before a field's."""
        errors = self.context["form"].errors.as_data()
        return [
            error.code if name == "__all__" else f"{name}: {error.code}"
            for name, found in errors.items()
            for error in found
        ]

    def arrive(self) -> dict[str, list[str]]:
        """Go on to the application; returns the parameters of its redirect URI."""
        forward = _FORWARD.search(self.html)
        assert forward, self.html
        answer = self.client.get(forward[1])
        assert answer.status_code == 303, answer.content
        return parse_qs(urlsplit(answer["Location"]).query)


def asked(visitor: Visitor) -> dict[str, Any]:
    """Return what the open page has the browser ask its authenticators for."""
    options = _OPTIONS.search(visitor.html)
    assert options, visitor.html
    return dict(loads(unescape(options[1])))


def challenge_id(visitor: Visitor) -> str:
    """Return the record that waits for the answer."""
    found = _CHALLENGE.search(visitor.html)
    assert found, visitor.html
    return found[1]


@pytest.fixture
def most_factors(settings_of: Settings, connectors: None) -> None:
    """Every factor but backup codes, which would be asked for next."""
    factors = [factor for factor in EVERY_FACTOR if factor != "BackupCode"]
    settings_of(mfa={"factors": factors, "policy": "PromptAtSignInAndSignUp"})


@pytest.fixture
def visitor(application: Application) -> Visitor:
    return Visitor(application)
