"""Whether clients may register themselves with a tenant, and how many."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from common.shapes import Flag, Integer, Members
from tenants.services.settings import Setting, get_setting

REGISTRATION_SETTING = Setting(
    key="dynamicClientRegistration",
    shape=Members(
        {
            "enabled": Flag(),
            "requireInitialAccessToken": Flag(),
            "maxClients": Integer(minimum=1, maximum=1000),
            "unusedClientDays": Integer(minimum=1, maximum=365),
        }
    ),
    default={},
)


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
    return RegistrationSettings.from_json(get_setting(REGISTRATION_SETTING))
