"""Whether clients may register themselves with a tenant, and how many."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tenants.services.settings import SettingKey, get_setting

MOST_CLIENTS = 1000
LONGEST_UNUSED_DAYS = 365


@dataclass(frozen=True, slots=True)
class RegistrationSettings:
    """The setting; off by default. A client that nobody uses is removed after `unused_days`."""

    enabled: bool = False
    requires_token: bool = False
    max_clients: int = 100
    unused_days: int = 30

    def as_json(self) -> dict[str, Any]:
        """Return the form in which it is stored and goes over the wire."""
        return {
            "enabled": self.enabled,
            "requireInitialAccessToken": self.requires_token,
            "maxClients": self.max_clients,
            "unusedClientDays": self.unused_days,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `as_json` stored."""
        return cls(
            bool(stored.get("enabled")),
            bool(stored.get("requireInitialAccessToken")),
            int(stored.get("maxClients", cls().max_clients)),
            int(stored.get("unusedClientDays", cls().unused_days)),
        )


def registration_settings() -> RegistrationSettings:
    """Return the tenant's; cached."""
    return RegistrationSettings.from_json(get_setting(SettingKey.CLIENT_REGISTRATION))
