"""What providers report of an address after they took a message: a bounce for good, or a complaint.

A kind whose provider does so has an `EventSource`, which proves that a report comes from the provider and reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: The user name of providers that prove themselves by a password.
EVENTS_USER = "events"


class ProblemKind(StrEnum):
    """What is wrong with an address."""

    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"


class ProblemReason(StrEnum):
    """Why, as far as the provider says."""

    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    SUPPRESSED = "suppressed"
    SPAM = "spam"
    OPTED_OUT = "opted_out"
    OTHER = "other"


_KIND_WORDS: Mapping[str, str | Promise] = {
    ProblemKind.HARD_BOUNCE: _("Messages do not arrive"),
    ProblemKind.COMPLAINT: _("The recipient complained"),
}
_REASON_WORDS: Mapping[str, str | Promise] = {
    ProblemReason.NOT_FOUND: _("The address does not exist."),
    ProblemReason.BLOCKED: _("The recipient's server refuses messages for good."),
    ProblemReason.SUPPRESSED: _("The provider no longer sends to it after an earlier bounce or complaint."),
    ProblemReason.SPAM: _("A message was marked as spam."),
    ProblemReason.OPTED_OUT: _("The recipient asked for no more messages."),
    ProblemReason.OTHER: _("The provider gives no reason."),
}


def describe_problem(kind: str, reason: str) -> tuple[str, str]:
    """Return a kind and a reason in words, in the active language."""
    return str(_KIND_WORDS.get(kind, kind)), str(_REASON_WORDS.get(reason, reason))


@dataclass(frozen=True, slots=True)
class AddressEvent:
    """One report about one address; `event_id` is the provider's name of it, empty if it has none."""

    channel: Literal["email", "phone"]
    address: str
    kind: ProblemKind
    reason: ProblemReason
    occurred_at: datetime
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a request said. `confirmation_url` is to be fetched once: the provider asks whether it is welcome."""

    events: Sequence[AddressEvent] = ()
    confirmation_url: str = ""


class EventRefusedError(Exception):
    """The request proves not that it comes from the provider, or cannot be read."""


class EventSource(Protocol):
    """Reads the reports of one provider."""

    @property
    def needed_key(self) -> str:
        """The member of the configuration by which reports are verified; empty if those that send are enough."""

    @property
    def has_password(self) -> bool:
        """Whether the provider proves itself by the password in the address that it calls."""

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        """Verify a request to `url` and return what it says; raises `EventRefusedError`."""
