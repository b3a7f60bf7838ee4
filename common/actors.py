"""Who acts: passed to every service that writes, and named in the audit log."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting principal.

    `id` is a user id, an application id (or the address of a client's metadata document), or empty for Gatehouse
    itself and for a caller who has not said who it is.
    """

    kind: Literal["user", "application", "developer", "system", "anonymous"]
    id: str = ""

    @classmethod
    def user(cls, user_id: str) -> "Actor":
        return cls("user", user_id)

    @classmethod
    def application(cls, application_id: str) -> "Actor":
        return cls("application", application_id)

    @classmethod
    def developer(cls, user_id: str) -> "Actor":
        """A developer of tenant `admin`, acting in the console."""
        return cls("developer", user_id)


SYSTEM = Actor("system")
ANONYMOUS = Actor("anonymous")
