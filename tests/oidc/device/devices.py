"""A device without a keyboard, and somebody who answers it at the hosted pages in a browser of their own."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from tests.oidc.authorization.browsing import Browser
from tests.responses import ClientResponse

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
ISSUER = "http://localhost:8000/oidc"
SCOPE = "openid profile offline_access"

_FOR = re.compile(r'name="for" value="(\w+)"')


def make_device_application(name: str = "Orchard TV", **fields: Any) -> Application:
    custom = {"isDeviceFlow": True, **fields.pop("custom", {})}
    return create_application(name=name, type="Native", custom_client_metadata=custom, actor=SYSTEM, **fields)


@dataclass
class Device:
    """Runs one application; `codes` is what it was told last."""

    application: Application
    http: Client = field(default_factory=lambda: Client(HTTP_HOST="localhost:8000"))
    codes: dict[str, Any] = field(default_factory=dict)

    def ask(self, **changes: Any) -> Any:
        parameters = {"client_id": self.application.id, "scope": SCOPE, **changes}
        headers = parameters.pop("headers", {})
        values = {name: value for name, value in parameters.items() if value is not None}
        return self.http.post("/oidc/device/auth", values, headers=headers)

    def start(self, **changes: Any) -> "Device":
        answer = self.ask(**changes)
        assert answer.status_code == 200, answer.content
        self.codes = answer.json()
        return self

    @property
    def user_code(self) -> str:
        return str(self.codes["user_code"])

    def poll(self, **changes: Any) -> Any:
        parameters = {
            "grant_type": GRANT_TYPE,
            "client_id": self.application.id,
            "device_code": self.codes["device_code"],
            **changes,
        }
        return self.http.post("/oidc/token", {name: value for name, value in parameters.items() if value is not None})

    def collect(self, **changes: Any) -> dict[str, Any]:
        answer = self.poll(**changes)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def error(self, **changes: Any) -> tuple[int, str]:
        answer = self.poll(**changes)
        return answer.status_code, answer.json()["error"]


class Person(Browser):
    """Somebody at a browser; sign-ins skip the pages for passwords."""

    def enter(self, code: str) -> Any:
        return self.client.post("/device", {"user_code": code})

    def open(self, code: str) -> Any:
        """Open the complete address; a browser that has not been there is led through the provider."""
        answer = self.client.get("/device", {"user_code": code})
        while answer.status_code == 302 or answer.get("Location", "").startswith("/device?user_code"):
            answer = self.client.get(answer["Location"])
        return answer

    def press(self, code: str, action: str, **values: Any) -> Any:
        """Press a button of the page that is open for a code."""
        found = _FOR.search(self.open(code).content.decode())
        proof = {"for": found[1]} if found else {}
        return self.client.post(f"/device?user_code={code}", {**proof, "action": action, **values})

    def arrive(self, code: str, user: User) -> "Person":
        """Enter a code and sign in: now the page asks."""
        answer = self.enter(code)
        assert answer.status_code == 303, answer
        assert answer["Location"].startswith("/sign-in?"), answer
        answer = self.sign_in(user)
        assert place_of(answer) == ("/device", {"user_code": code})
        return self

    def allow(self, code: str, **values: Any) -> "Person":
        assert place_of(self.press(code, "allow", **values)) == ("/device/success", {})
        return self


def place_of(response: ClientResponse) -> tuple[str, dict[str, str]]:
    """Where a page leads."""
    assert response.status_code == 303, (response.status_code, response.content)
    parts = urlsplit(response["Location"])
    return parts.path, dict(parse_qsl(parts.query))
