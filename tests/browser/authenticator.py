"""Chromium's virtual authenticator: a device with a screen lock that answers by itself (WebDriver of WebAuthn)."""

from typing import Any


class VirtualAuthenticator:
    """An authenticator of one window, built in or plugged in."""

    def __init__(self, page: Any, *, transport: str = "internal") -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": transport,
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    @property
    def credentials(self) -> list[dict[str, Any]]:
        """The passkeys that it holds."""
        return list(self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def verify_user(self, *, succeeds: bool) -> None:
        """Whether the screen lock is opened from now on."""
        self._devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": succeeds})

    def remove(self) -> None:
        """Unplug it."""
        self._devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
