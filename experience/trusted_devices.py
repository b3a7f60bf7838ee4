"""The cookie by which a browser is known as a user's trusted device.

A browser has one for each user who trusts it, so that several people can share it. The name tells who that is only to
somebody who knows the user's id already; on https the prefix `__Host-` keeps other hosts from planting one.
"""

import hashlib
from base64 import urlsafe_b64encode

from django.http import HttpRequest, HttpResponseBase

from tenants.context import current_tenant_id

_DAY = 86_400


class DeviceCookie:
    """The cookies of one request and of its response: read while a journey is under way, written at its end."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._remembered: dict[str, tuple[str, int]] = {}

    def read(self, user_id: str) -> str | None:
        """Return the token by which this browser claims to be a trusted device of the user."""
        return self._request.COOKIES.get(self._name(user_id)) or None

    def remember(self, user_id: str, token: str, *, days: int) -> None:
        """Have the browser keep a token, once the response is written."""
        self._remembered[user_id] = token, days

    def write(self, response: HttpResponseBase) -> None:
        """Add to the response what was remembered."""
        for user_id, (token, days) in self._remembered.items():
            response.set_cookie(
                self._name(user_id),
                token,
                max_age=days * _DAY,
                path="/",
                httponly=True,
                samesite="Lax",
                secure=self._request.is_secure(),
            )

    def _name(self, user_id: str) -> str:
        digest = hashlib.sha256(f"{current_tenant_id()}:{user_id}".encode()).digest()
        prefix = "__Host-" if self._request.is_secure() else ""
        return f"{prefix}logto-trusted-device-{urlsafe_b64encode(digest).rstrip(b'=').decode()}"
