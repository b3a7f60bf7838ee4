"""Passwords that expire: the setting, and when a password does. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.shapes import Flag, Integer, Members
from identity.models import User

# The lower bound of the days is a rule with a code of its own; `enabledAt` is set by the service. `reminderDays` is
# ours: for how many days before the end users are told.
PASSWORD_EXPIRATION = Members(
    {
        "enabled": Flag(),
        "validPeriodDays": Integer(maximum=36_500),
        "reminderDays": Integer(minimum=0, maximum=365, default=7),
    }
)


@dataclass(frozen=True, slots=True)
class PasswordExpiration:
    """Passwords older than this must be renewed; `valid_for` is `None` while they do not expire.

    Users are told within `reminder` before the end.
    """

    valid_for: timedelta | None = None
    enabled_at: datetime | None = None
    reminder: timedelta = timedelta(0)

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "PasswordExpiration":
        """Read the stored `passwordExpiration`."""
        if not stored.get("enabled"):
            return cls()
        enabled_at = stored.get("enabledAt")
        moment = None if enabled_at is None else datetime.fromtimestamp(enabled_at / 1000, UTC)
        valid_for = timedelta(days=stored["validPeriodDays"])
        reminder = timedelta(days=PASSWORD_EXPIRATION.fill(stored)["reminderDays"])
        # Nobody is told of the end of a password that they have just chosen.
        return cls(valid_for, moment, min(reminder, valid_for / 2))

    def ends_at(self, user: User, valid_for: timedelta) -> datetime:
        """Return when a password expires that is good for so long: since its change, or since passwords expire."""
        return (user.password_updated_at or self.enabled_at or user.created_at) + valid_for
