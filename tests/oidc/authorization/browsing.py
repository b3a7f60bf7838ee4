"""A browser that walks through the authorization endpoint, and the applications and people it meets there."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.http import HttpRequest
from django.test import Client

from identity.models import User
from oidc.authorization.pending import complete_login, find_pending
from oidc.models import AuthorizationRequest
from tenants.context import enter_tenant

VERIFIER = "a-verifier-of-more-than-forty-three-characters-000"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SPA_REDIRECT = "https://spa.example.com/callback"
WEB_REDIRECT = "https://web.example.com/callback"


class Browser:
    """One browser at one tenant's host."""

    def __init__(self, tenant_id: str = "default", *, secure: bool = False) -> None:
        self.tenant_id = tenant_id
        host = "localhost:8000" if tenant_id == "default" else f"{tenant_id}.localhost:8000"
        self.secure = secure
        self.origin = f"{'https' if secure else 'http'}://{host}"
        self.client = Client(HTTP_HOST=host)

    def request_of(self, application_id: str, **changes: Any) -> dict[str, Any]:
        """A good request; a change to `None` leaves the parameter out."""
        parameters: dict[str, Any] = {
            "client_id": application_id,
            "redirect_uri": SPA_REDIRECT,
            "response_type": "code",
            "scope": "openid profile offline_access",
            "state": "opaque state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "prompt": "consent",
        }
        return {name: value for name, value in {**parameters, **changes}.items() if value is not None}

    def authorize(self, application_id: str, **changes: Any) -> Any:
        return self.client.get("/oidc/auth", self.request_of(application_id, **changes), secure=self.secure)

    def pending(self, application_id: str | None = None) -> AuthorizationRequest | None:
        """What the sign-in experience finds by this browser's cookies."""
        request = HttpRequest()
        request.COOKIES = {name: morsel.value for name, morsel in self.client.cookies.items()}
        with enter_tenant(self.tenant_id):
            return find_pending(request, app_id=application_id)

    def sign_in(self, user: User, *, submission: dict[str, Any] | None = None) -> Any:
        """Sign in at the page the browser stands on, and follow the way back."""
        pending = self.pending()
        assert pending is not None
        with enter_tenant(self.tenant_id):
            url = complete_login(pending, user=user, submission=submission or {"interactionEvent": "SignIn"})
        assert url.startswith(self.origin)
        return self.client.get(urlsplit(url).path, secure=self.secure)

    def signed_in(self, application_id: str, user: User, **changes: Any) -> Any:
        """Authorize, sign in, and return the answer to the client."""
        response = self.authorize(application_id, **changes)
        assert response.status_code == 303, response
        assert response["Location"].startswith("/"), response
        return self.sign_in(user)


def answer_of(response: Any) -> dict[str, str]:
    """The parameters with which the client was answered by query."""
    assert response.status_code == 303, (response.status_code, response.content)
    return dict(parse_qsl(urlsplit(response["Location"]).query, strict_parsing=True))


def query_of(response: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(response["Location"]).query)
